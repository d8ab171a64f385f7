#include "engine/simulation/expectations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "engine/codec/events.h"
#include "engine/core/explain.h"

namespace gatewright::simulation {
namespace {

using definition::Node;

constexpr std::array<std::string_view, 11> kExpectations = {
    "events", "refused", "state",  "status", "stage", "waits_for",
    "says",   "others",  "viewer", "lock",   "votes"};

class Checker {
 public:
  explicit Checker(const Checked& checked) : at_(checked) {}

  std::vector<std::string> Take() && { return std::move(problems_); }

  void CheckStep(const Node& step) {
    for (const auto& member : step.members()) {
      if (!IsExpectation(member.key)) continue;
      if (member.key == "refused" || member.key == "events") continue;
      CheckRun(at_.run, member);
    }
    if (at_.outcome != nullptr) CheckOutcome(step);
  }

 private:
  void Expect(std::string_view what, std::string_view expected, std::string_view found) {
    if (expected == found) return;
    problems_.push_back(fmt::format("{}: expected {}, found {}", what, expected, found));
  }

  void ExpectPart(std::string_view what, const std::string& part, const std::string& text) {
    if (text.find(part) != std::string::npos) return;
    problems_.push_back(fmt::format("{}: expected a part '{}', found '{}'", what, part, text));
  }

  void CheckOutcome(const Node& step) {
    const Outcome& outcome = *at_.outcome;
    if (const Node* refused = step.Find("refused")) {
      const Args wanted(*refused, {"code", "detail"});
      Expect("refused", wanted.Text("code"), outcome.code);
      ExpectPart("the refusal", wanted.Text("detail", ""), outcome.detail);
      return;
    }
    if (!outcome.is_accepted()) {
      problems_.push_back(fmt::format("refused: {}: {}", outcome.code, outcome.detail));
      return;
    }
    if (step.Find("events") == nullptr) return;
    const Args args(step);
    std::vector<std::string> names;
    for (const core::Event& event : outcome.events) names.emplace_back(codec::EventType(event));
    Expect("events", fmt::format("[{}]", fmt::join(args.Texts("events"), ", ")),
           fmt::format("[{}]", fmt::join(names, ", ")));
  }

  const SimulatedRun* Find(const std::string& run) const {
    const auto id = at_.steps.Find(run);
    return id ? &at_.simulation.Get(*id) : nullptr;
  }

  void CheckRun(const std::string& name, const definition::YamlMember& member) {
    if (member.key == "others") return CheckOthers(member.value);
    const SimulatedRun* one = Find(name);
    if (one == nullptr) throw Mistake(member.key_mark, "there is no such run to look at");
    const core::Run& run = one->run;
    const std::string& wanted = member.value.text();
    if (member.key == "state") return Expect("state", wanted, run.state);
    if (member.key == "status") return Expect("status", wanted, core::ToString(run.status));
    if (member.key == "stage") return Expect("stage", wanted, run.current_stage.value);
    if (member.key == "waits_for") return CheckWaits(*one, member.value);
    if (member.key == "says") {
      return ExpectPart("the explanation", wanted, Explain(*one, std::nullopt).summary);
    }
    if (member.key == "votes") return CheckVotes(*one, member.value);
    if (member.key == "lock") return CheckLock(member.value);
    if (member.key == "viewer") return CheckViewer(*one, member.value);
  }

  core::Explanation Explain(const SimulatedRun& one,
                            const std::optional<core::Viewer>& viewer) const {
    return core::Explain(one.run, one.revision->workflow, at_.simulation.now(),
                         at_.simulation.world(), viewer);
  }

  void CheckOthers(const Node& node) {
    for (const auto& run : node.members()) {
      for (const auto& member : run.value.members()) {
        if (!IsExpectation(member.key)) {
          throw Mistake(member.key_mark, fmt::format("unknown key '{}'", member.key));
        }
        CheckRun(run.key, member);
      }
    }
  }

  void CheckWaits(const SimulatedRun& one, const Node& node) {
    std::vector<std::string_view> kinds;
    const core::Explanation explained = Explain(one, std::nullopt);
    for (const core::Wait& wait : explained.waits_for) kinds.push_back(ToString(wait.kind));
    std::vector<std::string> wanted;
    for (const Node& item : node.items()) wanted.push_back(item.text());
    if (!node.is_list()) wanted.push_back(node.text());
    Expect("waits for", fmt::format("[{}]", fmt::join(wanted, ", ")),
           fmt::format("[{}]", fmt::join(kinds, ", ")));
  }

  // {QA: [ann, bob]}: whose votes count there now, by name.
  void CheckVotes(const SimulatedRun& one, const Node& node) {
    for (const auto& member : node.members()) {
      std::vector<std::string> wanted;
      for (const Node& item : member.value.items()) wanted.push_back(item.text());
      std::vector<std::string> found;
      const core::Stage* stage = one.run.FindStage(StageName{member.key});
      if (stage != nullptr && stage->gate) {
        for (const core::Vote& vote : stage->gate->votes) {
          found.push_back(vote.on_behalf_of.empty() ? vote.voter.value
                                                    : fmt::format("{} for {}", vote.voter.value,
                                                                  vote.on_behalf_of.value));
        }
      }
      std::ranges::sort(wanted);
      std::ranges::sort(found);
      Expect("the votes at " + member.key, fmt::format("[{}]", fmt::join(wanted, ", ")),
             fmt::format("[{}]", fmt::join(found, ", ")));
    }
  }

  // {key: env/prod, held_by: [a], line: [b, c]}
  void CheckLock(const Node& node) {
    const Args args(node, {"key", "held_by", "line"});
    std::vector<std::string> held;
    std::vector<std::string> line;
    for (const core::LockClaim& claim : at_.simulation.locks().Claims(args.Text("key"))) {
      std::string name = "elsewhere";
      for (const RunId id : at_.simulation.Runs()) {
        if (id == claim.run) name = at_.simulation.Get(id).name;
      }
      (claim.is_held ? held : line).push_back(name);
    }
    if (args.Has("held_by")) {
      Expect("held by", fmt::format("{}", fmt::join(args.Texts("held_by"), ", ")),
             fmt::format("{}", fmt::join(held, ", ")));
    }
    if (args.Has("line")) {
      Expect("in line", fmt::format("{}", fmt::join(args.Texts("line"), ", ")),
             fmt::format("{}", fmt::join(line, ", ")));
    }
  }

  core::Viewer MakeViewer(const SimulatedRun& one, const core::Principal& person) const {
    core::Viewer viewer;
    viewer.principal = person;
    const runtime::LoadedRun loaded = at_.simulation.Loaded(one.run.id);
    const runtime::Asking asking = at_.simulation.Asking();
    const auto* stage = one.revision->workflow.FindStage(one.run.current_stage);
    if (stage == nullptr || !stage->gate) return viewer;
    if (auto facts = runtime::AskApprovers(loaded, *stage, person, asking)) {
      viewer.facts = *std::move(facts);
    }
    for (const auto& delegator : runtime::DelegatorsFor(loaded, stage->name, person.id, asking)) {
      auto facts = runtime::AskApprovers(loaded, *stage, delegator, asking);
      if (!facts) continue;
      facts->delegator_groups = delegator.groups;
      viewer.delegations.push_back({delegator.id, {}, *std::move(facts)});
    }
    const auto overrider = runtime::AskOverriders(loaded, person, asking);
    viewer.may_override = overrider && overrider->is_eligible;
    return viewer;
  }

  // {who: bob, can_vote: false, reasons: ["not_in:qa"], actions: [approve, reject]}
  void CheckViewer(const SimulatedRun& one, const Node& node) {
    const Args args(node, {"who", "can_vote", "reasons", "actions", "if_approved"});
    const auto explained = Explain(one, MakeViewer(one, at_.people.Find(args.Text("who"))));
    const core::ViewerExplanation& viewer = *explained.viewer;
    if (args.Has("can_vote")) {
      Expect(args.Text("who") + " can vote", args.IsSet("can_vote") ? "true" : "false",
             viewer.can_decide ? "true" : "false");
    }
    if (args.Has("reasons")) {
      std::vector<std::string> reasons;
      for (const core::Reason& reason : viewer.own.reasons) reasons.push_back(reason.text());
      Expect("reasons", fmt::format("[{}]", fmt::join(args.Texts("reasons"), ", ")),
             fmt::format("[{}]", fmt::join(reasons, ", ")));
    }
    if (args.Has("actions")) {
      Expect("actions", fmt::format("[{}]", fmt::join(args.Texts("actions"), ", ")),
             fmt::format("[{}]", fmt::join(viewer.allowed_actions, ", ")));
    }
    if (args.Has("if_approved")) {
      ExpectPart("if approved", args.Text("if_approved"),
                 viewer.if_i_approve ? viewer.if_i_approve->summary : "nothing");
    }
  }

  const Checked& at_;
  std::vector<std::string> problems_;
};

}  // namespace

bool IsExpectation(std::string_view key) {
  return std::ranges::find(kExpectations, key) != kExpectations.end();
}

std::string ExpectationNames() { return fmt::format("{}", fmt::join(kExpectations, ", ")); }

std::vector<std::string> Check(const Node& step, const Checked& checked) {
  Checker checker(checked);
  checker.CheckStep(step);
  return std::move(checker).Take();
}

}  // namespace gatewright::simulation
