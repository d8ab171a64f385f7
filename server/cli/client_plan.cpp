// server/cli/client_plan.cpp: `gatewright plan`: what publishing a file would mean for the runs
// that are open, before it takes effect.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <map>

#include "server/cli/client_commands.h"
#include "server/cli/commands.h"
#include "server/cli/files.h"

namespace gatewright::cli {
namespace {

constexpr std::size_t kLargestFile = 4U << 20;  // bytes; the server's limit is lower

// What the summary says about `count` runs with a note of this kind.
struct Phrase {
  std::string_view kind;
  std::string_view text;
};
constexpr auto kPhrases = std::to_array<Phrase>({
    {"more_approvers", "would need more approvers"},
    {"fewer_approvers", "would need fewer approvers"},
    {"other_approvers", "would have other approvers"},
    {"impossible", "would become impossible"},
    {"stage_removed", "would lose the stage where it waits"},
    {"stage_added", "would get a stage before the one where it waits"},
    {"lock_changes", "would need other locks"},
    {"calendar_changes", "would follow another calendar"},
});

std::string SummaryOf(const JsonView& impact) {
  std::map<std::string, int> counts;
  for (const JsonView& run : impact["affected"].items()) {
    std::map<std::string, int> kinds;
    for (const JsonView& note : run["notes"].items()) kinds[note["kind"].text()] = 1;
    for (const auto& [kind, one] : kinds) counts[kind] += one;
  }
  const std::int64_t open = impact["open_runs"].number();
  std::string text = fmt::format("{}{} open run{}", impact["complete"].flag() ? "" : "at least ",
                                 open, open == 1 ? "" : "s");
  for (const Phrase& phrase : kPhrases) {
    const auto found = counts.find(std::string(phrase.kind));
    if (found != counts.end()) text += fmt::format("; {} {}", found->second, phrase.text);
  }
  if (counts.empty() && open > 0) text += "; none of them would be asked anything else";
  return text + ".";
}

std::string ChangeOf(const JsonView& plan) {
  const std::string change = plan["change"].text();
  if (change == "unchanged") {
    return fmt::format("is what is published already (revision {})",
                       plan["current_revision"].number());
  }
  if (change == "new_workflow") return "would be published for the first time";
  return fmt::format("would become revision {}", plan["current_revision"].number() + 1);
}

// The server names every mistake by the place in what it was sent, not by our file.
int ExplainMistakes(const Answer& answer, const std::string& file) {
  const auto document = codec::ParseJson(answer.body);
  const auto errors = document ? JsonView(*document)["errors"].items() : std::vector<JsonView>();
  if (answer.status != 422 || errors.empty()) {
    PrintError(answer.problem);
    return answer.exit_code;
  }
  for (const JsonView& error : errors) {
    std::string text = error["detail"].text();
    constexpr std::string_view kSent = "workflow.yaml:";
    if (text.starts_with(kSent)) text.replace(0, kSent.size() - 1, file);
    PrintError(text);
  }
  return answer.exit_code;
}

void PrintImpact(const JsonView& impact) {
  for (const JsonView& run : impact["affected"].items()) {
    const std::string stage = run["stage"].text();
    for (const JsonView& note : run["notes"].items()) {
      fmt::print("  run {} {}{}: {}\n", run["run"].number(), run["name"].text(),
                 stage.empty() ? "" : " at " + stage, note["detail"].text());
    }
  }
}

}  // namespace

int PlanWorkflow(Client& client, const ClientArguments& arguments) {
  const auto source = ReadFile(arguments.file, kLargestFile);
  if (!source) {
    PrintError(source.error().message);
    return kExitUsage;
  }
  const Answer answer = client.Send({.method = "POST",
                                     .path = "/api/v1/workflows?dry_run=true",
                                     .body = *source,
                                     .content_type = "application/yaml"});
  if (answer.exit_code != kExitOk) return ExplainMistakes(answer, arguments.file);
  const auto document = codec::ParseJson(answer.body);
  if (!document) {
    PrintError(fmt::format("the server's answer is not JSON: {}", document.error().message));
    return kExitFailure;
  }
  const JsonView plan(*document);
  if (arguments.is_json) {
    fmt::print("{}\n", plan.json());
    return kExitOk;
  }
  fmt::print("Workflow {} {}.\n{}\n", plan["name"].text(), ChangeOf(plan),
             SummaryOf(plan["impact"]));
  PrintImpact(plan["impact"]);
  if (plan["impact"]["open_runs"].number() > 0 && plan["change"].text() == "new_revision") {
    fmt::print("Open runs stay on their version until `gatewright migrate` moves them.\n");
  }
  return kExitOk;
}

}  // namespace gatewright::cli
