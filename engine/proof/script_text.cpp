#include "engine/proof/script_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/base/assert.h"
#include "engine/proof/perform.h"

namespace gatewright::proof {
namespace {

using namespace core;  // NOLINT: nearly every name here is the core's

std::string Epoch(const core::Run& run, const StageName& stage) {
  const Stage* found = run.FindStage(stage);
  const bool is_first = found == nullptr || !found->gate || found->gate->epoch.value == 1;
  return is_first ? "" : fmt::format(", epoch: {}", found->gate->epoch.value);
}

std::string Names(const Model& model, std::uint64_t set, std::string_view key) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < model.stage_count(); ++i) {
    if ((set >> i & 1) != 0) names.push_back(model.SpecAt(i).name.value);
  }
  return names.empty() ? "" : fmt::format(", {}: [{}]", key, fmt::join(names, ", "));
}

std::string_view WordOf(Resolution resolution) {
  switch (resolution) {
    case Resolution::kRetry:
      return "retry";
    case Resolution::kSucceeded:
      return "succeeded";
    case Resolution::kFailed:
      return "failed";
  }
  GW_ASSERT(false);
}

std::string AttemptLine(const Step& step) {
  std::string_view failure;
  if (step.end == AttemptEnd::kFailed) {
    failure =
        step.failure == FailureClass::kTransient ? ", failure: transient" : ", failure: permanent";
  }
  return fmt::format("attempt: {{end: {}{}}}", ToString(step.end), failure);
}

std::string EligibleLine(const Model& model, const core::Run& run) {
  const auto command = CommandOf(model, run, Step{.kind = StepKind::kListEligible});
  const auto& listed = std::get<RecordEligible>(command);
  std::vector<std::string> rules;
  for (const RulePeople& rule : listed.rules) {
    std::vector<std::string_view> names;
    for (const PrincipalId& person : rule.people) names.push_back(person.value);
    rules.push_back(fmt::format("{}: [{}]", rule.rule.value, fmt::join(names, ", ")));
  }
  return fmt::format("eligible: {{stage: {}, rules: {{{}}}}}", listed.stage.value,
                     fmt::join(rules, ", "));
}

struct Sentence {
  std::string operator()(const RunCreated&) const { return "the run is created"; }
  std::string operator()(const StageSkipped& e) const { return "skips " + e.stage.value; }
  std::string operator()(const GateOpened& e) const { return "asks at " + e.stage.value; }
  std::string operator()(const GateSatisfied& e) const { return e.stage.value + " is satisfied"; }
  std::string operator()(const GateRejected& e) const { return e.stage.value + " is rejected"; }
  std::string operator()(const GateExpired& e) const { return e.stage.value + " expires"; }
  std::string operator()(const GateEscalated& e) const {
    return fmt::format("{} escalates to level {}", e.stage.value, e.level);
  }
  std::string operator()(const SubjectChanged&) const { return "the subject is another"; }
  std::string operator()(const VotesOutdated& e) const {
    return fmt::format("{} of {}'s votes count no more", e.voters.size(), e.stage.value);
  }
  std::string operator()(const VotesCarried& e) const {
    return fmt::format("{} of {}'s votes are kept", e.voters.size(), e.stage.value);
  }
  std::string operator()(const VoteHeld& e) const { return "kept for " + e.stage.value; }
  std::string operator()(const OverrideAsked&) const { return "a second person is needed"; }
  std::string operator()(const OverrideGranted&) const { return "granted"; }
  std::string operator()(const ActionBlocked& e) const { return e.stage.value + " has to wait"; }
  std::string operator()(const LocksQueued&) const { return "stands in line for its locks"; }
  std::string operator()(const LocksTaken&) const { return "takes its locks"; }
  std::string operator()(const LocksReleased&) const { return "gives its locks back"; }
  std::string operator()(const AttemptPlanned&) const { return "will be tried again"; }
  std::string operator()(const AttemptStarted& e) const {
    return fmt::format("{} ACTS", e.stage.value);
  }
  std::string operator()(const StageDone& e) const { return e.stage.value + " is done"; }
  std::string operator()(const IncidentRaised& e) const { return "needs attention: " + e.code; }
  std::string operator()(const ReviewOpened&) const { return "the override is reviewed"; }
  std::string operator()(const RunFinished& e) const {
    return fmt::format("ends: {}", ToString(e.outcome));
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return "";
  }
};

}  // namespace

std::string LineOf(const Model& model, const core::Run& run, const Step& step) {
  const auto& people = model.cast().people;
  switch (step.kind) {
    case StepKind::kCreate:
      return fmt::format("create: {{by: {}{}}}", people[step.person].name,
                         Names(model, step.skips, "skip"));
    case StepKind::kVote: {
      constexpr std::string_view kWords[] = {"", "approve", "reject", "withdraw", "abstain"};
      return fmt::format("vote: {{stage: {}, by: {}, choice: {}, expect: {{digest: {}}}}}",
                         model.SpecAt(step.stage).name.value, people[step.person].name,
                         kWords[static_cast<std::size_t>(step.choice)], run.subject_digest);
    }
    case StepKind::kPolicy: {
      constexpr std::string_view kWords[] = {"", "approve", "reject", "withdraw", "abstain"};
      const StageSpec& spec = model.SpecAt(step.stage);
      return fmt::format("policy: {{stage: {}, id: {}, choice: {}{}}}", spec.name.value,
                         spec.gate->auto_voters[step.policy].id,
                         kWords[static_cast<std::size_t>(step.choice)], Epoch(run, spec.name));
    }
    case StepKind::kGateMoment:
      return fmt::format("timer: {{gate: {}{}}}", run.current_stage.value,
                         Epoch(run, run.current_stage));
    case StepKind::kChangeSubject: {
      const auto command = CommandOf(model, run, step);
      return fmt::format("subject: {{by: {}, digest: {}{}{}}}", run.requester.value,
                         std::get<ChangeSubject>(command).subject_digest,
                         Names(model, step.skips, "skip"), Names(model, step.kept, "keep"));
    }
    case StepKind::kOverride:
      return fmt::format("override: {{kind: {}, by: {}, reason: it cannot wait}}",
                         ToString(step.override_kind), people[step.person].name);
    case StepKind::kCancel:
      return fmt::format("cancel: {{by: {}}}", run.requester.value);
    case StepKind::kSupersede:
      return "supersede: {by_run: 2}";
    case StepKind::kExpireLocks:
      return "timer: {locks: true}";
    case StepKind::kListEligible:
      return EligibleLine(model, run);
    case StepKind::kLookAgain:
      return "timer: {look_again: true}";
    case StepKind::kStartAttempt:
      return fmt::format("timer: {{attempt: {}}}", run.OpenAttempt()->number.value);
    case StepKind::kFinishAttempt:
      return AttemptLine(step);
    case StepKind::kMarkStale:
      return "stale: {digest: another}";
    case StepKind::kRaiseIncident:
      return "incident: {code: plugin_missing}";
    case StepKind::kResolve:
      return fmt::format("resolve: {{by: operator, as: {}}}", WordOf(step.resolution));
    case StepKind::kRetry:
      return "retry: {by: operator, reason: once more}";
  }
  GW_ASSERT(false);
}

std::vector<std::string> LinesBetween(const Model& model, Obstacle before, Obstacle after) {
  std::vector<std::string> lines;
  if (before == after) return lines;
  const auto line = [&](Obstacle obstacle, bool is_there) -> std::string {
    switch (obstacle) {
      case Obstacle::kNone:
        return "";
      case Obstacle::kStop:
        return is_there ? "stop: {by: operator, reason: to see what it holds}"
                        : "lift: {by: operator, reason: over}";
      case Obstacle::kCalendar:
        return fmt::format("calendar: {{name: {}, open: {}}}", model.workflow().calendar->name,
                           !is_there);
      case Obstacle::kLock:
        return fmt::format("locks: {{taken: {}}}", is_there);
    }
    GW_ASSERT(false);
  };
  if (before != Obstacle::kNone) lines.push_back(line(before, false));
  if (after != Obstacle::kNone) lines.push_back(line(after, true));
  return lines;
}

std::string Describe(const std::vector<core::Event>& events) {
  std::vector<std::string> sentences;
  for (const core::Event& event : events) {
    std::string sentence = std::visit(Sentence{}, event);
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  }
  return fmt::format("{}", fmt::join(sentences, ", "));
}

}  // namespace gatewright::proof
