// server/cli/client_explain.cpp: `gatewright explain`: what the server says about a run, on a page
// for people.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/cli/client_commands.h"
#include "server/cli/commands.h"

namespace gatewright::cli {
namespace {

void PrintWaits(std::string_view title, const JsonView& waits) {
  const auto items = waits.items();
  if (items.empty()) return;
  fmt::print("\n{}\n", title);
  for (const JsonView& wait : items) {
    std::string line = fmt::format("  {}: {}", wait["kind"].text(), wait["detail"].text());
    if (!wait["until"].is_null()) line += fmt::format(", until {}", TimeText(wait["until"]));
    if (!wait["then"].is_null()) line += fmt::format(", then: {}", wait["then"].text());
    const auto who = wait["who"].texts();
    if (!who.empty()) line += fmt::format(" ({})", Names(who));
    fmt::print("{}\n", line);
    const JsonView lock = wait["lock"];
    if (!lock.is_null()) {
      fmt::print("    lock '{}': {} of {} in line, held by run {}\n", lock["key"].text(),
                 lock["position"].number(), lock["length"].number(), lock["run_id"].number());
    }
  }
}

std::string_view Tick(const std::string& state) {
  if (state == "satisfied") return "[x]";
  return state == "impossible" ? "[!]" : "[ ]";
}

std::string Figures(const JsonView& node) {
  if (node["need"].is_null()) return fmt::format("{} of all", node["have"].number());
  return fmt::format("{} of {}", node["have"].number(), node["need"].number());
}

// "role qa": the approver and its setting, as far as that is short.
std::string Source(const JsonView& use) {
  const auto settings = use["with"].pairs();
  if (settings.empty()) return use["plugin"].text();
  std::string with = settings.front().second;
  if (settings.size() > 1 || with.empty()) with = Shown(use["with"].json());
  constexpr std::size_t kShort = 60;
  if (with.size() > kShort) return use["plugin"].text();
  return fmt::format("{} {}", use["plugin"].text(), with);
}

void PrintLeaf(const JsonView& leaf, const std::string& indent) {
  fmt::print("{}{} {}: {}, from {}\n", indent, Tick(leaf["state"].text()), leaf["id"].text(),
             Figures(leaf), Source(leaf["from"]));
  const std::string below = indent + "    ";
  for (const JsonView& use : leaf["also_from"].items()) {
    fmt::print("{}also from {} (escalated)\n", below, Source(use));
  }
  const auto filled = leaf["filled_by"].texts();
  if (!filled.empty()) fmt::print("{}approved by {}\n", below, Names(filled));
  if (leaf["state"].text() == "satisfied") return;
  const auto policies = leaf["policies"].texts();
  if (!policies.empty()) fmt::print("{}or by policy {}\n", below, Names(policies));
  if (leaf["can_fill"].is_null()) {
    fmt::print("{}who can approve is known only once they try\n", below);
    return;
  }
  const auto people = leaf["can_fill"].texts();
  fmt::print("{}can still approve: {}\n", below, people.empty() ? "nobody" : Names(people));
}

void PrintNode(const JsonView& node, const std::string& indent) {
  const std::string kind = node["kind"].text();
  if (kind == "leaf") return PrintLeaf(node, indent);
  fmt::print("{}{} {}: {}\n", indent, Tick(node["state"].text()), kind, Figures(node));
  for (const JsonView& child : node["children"].items()) PrintNode(child, indent + "  ");
}

void PrintGate(const JsonView& gate) {
  if (gate.is_null()) return;
  fmt::print("\nGate of {} (epoch {}): {}{}\n", gate["stage"].text(), gate["epoch"].number(),
             gate["outcome"].text(), gate["overridden"].flag() ? ", by an override" : "");
  PrintNode(gate["rules"], "  ");
  const auto say = [](std::string_view what, const std::string& text) {
    if (!text.empty()) fmt::print("  {}: {}\n", what, text);
  };
  say("rejected by", Names(gate["reject"]["by"].texts()));
  say("approved, but not needed", Names(gate["spare"].texts()));
  say("claimed by", gate["claimed_by"].text());
  if (gate["human_required"].flag() && !gate["human_approved"].flag()) {
    fmt::print("  at least one person has to approve; policies alone are not enough\n");
  }
  if (!gate["deadline"].is_null()) {
    fmt::print("  deadline: {}, then {}\n", TimeText(gate["deadline"]), gate["on_timeout"].text());
  }
  say("next reminder", TimeText(gate["next_reminder"]));
  const JsonView escalation = gate["next_escalation"];
  if (!escalation.is_null()) {
    fmt::print("  next escalation: {}, to {}\n", TimeText(escalation["at"]),
               Source(escalation["add"]));
  }
}

void PrintCalendar(const JsonView& calendar) {
  if (calendar.is_null()) return;
  fmt::print("\nCalendar {}: {}{}{}\n", calendar["name"].text(),
             !calendar["found"].flag() ? "not found, so nothing starts"
             : calendar["open"].flag() ? "open"
                                       : "closed",
             calendar["reason"].is_null() ? "" : fmt::format(" ({})", calendar["reason"].text()),
             calendar["overridden"].flag() ? ", overridden" : "");
  if (!calendar["changes_at"].is_null()) {
    fmt::print("  {}: {}\n", calendar["open"].flag() ? "closes" : "opens",
               TimeText(calendar["changes_at"]));
  }
  if (!calendar["next_start"].is_null()) {
    fmt::print("  an action may next start: {}\n", TimeText(calendar["next_start"]));
  }
}

void PrintPlace(const std::string& who, const JsonView& place) {
  const bool can_vote = place["can_vote"].flag();
  fmt::print(
      "  {} {}\n", who,
      can_vote ? fmt::format("can vote (for {})", Names(place["rules"].texts())) : "cannot vote");
  for (const auto* list : {"reasons", "notes"}) {
    for (const JsonView& reason : place[list].items()) {
      fmt::print("    {}: {}\n", reason["code"].text(), reason["detail"].text());
    }
  }
}

void PrintViewer(const JsonView& viewer) {
  if (viewer.is_null()) return;
  fmt::print("\nYou ({})\n", viewer["id"].text());
  PrintPlace("you", viewer);
  for (const JsonView& place : viewer["on_behalf_of"].items()) {
    PrintPlace("on behalf of " + place["id"].text() + " you", place);
  }
  const auto actions = viewer["allowed_actions"].texts();
  if (!actions.empty()) fmt::print("  allowed: {}\n", fmt::join(actions, ", "));
  const JsonView outlook = viewer["if_i_approve"];
  if (outlook.is_null()) return;
  fmt::print("\nIf you approve: {}\n", outlook["summary"].text());
  for (const JsonView& step : outlook["steps"].items()) {
    fmt::print("  - {}\n", step["detail"].text());
  }
}

}  // namespace

int ExplainRun(Client& client, const ClientArguments& arguments) {
  const Fetched fetched =
      Fetch(client, {.path = fmt::format("/api/v1/runs/{}/explain", arguments.id)});
  if (fetched.exit_code != kExitOk) return fetched.exit_code;
  const JsonView run(fetched.document);
  if (arguments.is_json) {
    fmt::print("{}\n", run.json());
    return kExitOk;
  }
  const std::string stage = run["stage"].text();
  fmt::print("Run {}: {} ({}{})\n{}\n", arguments.id, run["state"].text(), run["status"].text(),
             stage.empty() ? "" : ", stage " + stage, run["summary"].text());
  PrintWaits("Waits for", run["waits_for"]);
  PrintWaits("Would wait for, once approved", run["ahead"]);
  PrintGate(run["gate"]);
  PrintCalendar(run["calendar"]);
  if (!run["votes_hold_until"].is_null()) {
    fmt::print("\nThe votes hold until {}\n", TimeText(run["votes_hold_until"]));
  }
  if (!run["locks_held_until"].is_null()) {
    fmt::print("\nIts locks are kept until {}\n", TimeText(run["locks_held_until"]));
  }
  PrintViewer(run["viewer"]);
  return kExitOk;
}

}  // namespace gatewright::cli
