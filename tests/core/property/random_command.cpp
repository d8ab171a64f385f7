#include "tests/core/property/random_command.h"

#include <algorithm>
#include <string>

#include "tests/core/property/random_workflow.h"
#include "tests/core/support/build.h"

namespace gatewright::core::test {
namespace {

Principal SomePrincipal(Random& random) {
  return random.Chance(5) ? Everybody() : Person("v" + std::to_string(random.Below(6)));
}

Expectation SomeExpectation(Random& random, const Run& run) {
  Expectation expected;
  if (random.Chance(10))
    expected.version = Sequence{run.version.value - (random.Chance(30) ? 1 : 0)};
  if (random.Chance(10)) expected.state = random.Chance(30) ? "elsewhere" : run.state;
  if (random.Chance(10)) expected.subject_digest = random.Chance(30) ? "d0" : run.subject_digest;
  return expected;
}

StageName SomeStage(Random& random, const Run& run, const Workflow& workflow) {
  if (!run.current_stage.empty() && random.Chance(85)) return run.current_stage;
  return random.Chance(2) ? StageName{"nowhere"} : random.Pick(workflow.stages).name;
}

Command SomeVote(Random& random, const Run& run, const Workflow& workflow) {
  CastVote vote;
  vote.actor = SomePrincipal(random);
  vote.stage = SomeStage(random, run, workflow);
  vote.is_any_stage = random.Chance(20);
  if (random.Chance(20)) vote.epoch = Epoch{random.Chance(20) ? 2 : 1};
  const auto dice = random.Below(100);
  vote.choice = dice < 75   ? Choice::kApprove
                : dice < 87 ? Choice::kReject
                : dice < 96 ? Choice::kWithdraw
                            : Choice::kAbstain;
  vote.comment = random.Chance(20) ? "again" : "";
  vote.expected = SomeExpectation(random, run);
  vote.facts.stage = random.Chance(2) ? StageName{"S9"} : vote.stage;
  const StageSpec* stage = workflow.FindStage(vote.stage);
  if (stage != nullptr && stage->gate) {
    vote.facts.rules = SomeRules(random, *stage->gate, random.Chance(90) ? 1 : 0);
  }
  vote.facts.why_not = "none of the roles";
  return vote;
}

Command SomePolicyVote(Random& random, const Run& run, const Workflow& workflow) {
  RecordPolicyVote vote;
  vote.stage = SomeStage(random, run, workflow);
  vote.epoch = Epoch{random.Chance(5) ? 2 : 1};
  const StageSpec* stage = workflow.FindStage(vote.stage);
  vote.auto_voter = stage != nullptr && stage->gate && !stage->gate->auto_voters.empty()
                        ? random.Pick(stage->gate->auto_voters).id
                        : "p9";
  vote.choice = random.Chance(65)   ? Choice::kApprove
                : random.Chance(50) ? Choice::kAbstain
                                    : Choice::kReject;
  vote.evidence_json = R"({"risk":"low"})";
  return vote;
}

Command SomeExpiry(Random& random, const Run& run, const Workflow& workflow, Time& now) {
  const GateDue expiry{SomeStage(random, run, workflow), Epoch{random.Chance(5) ? 2 : 1}};
  const Stage* stage = run.FindStage(expiry.stage);
  if (stage != nullptr && stage->gate && stage->gate->deadline && random.Chance(80)) {
    now = std::max(now, *stage->gate->deadline);
  }
  return expiry;
}

Command SomeStart(Random& random, const Run& run, Time& now) {
  if (run.attempts.empty()) return StartAttempt{AttemptNumber{1}};
  const Attempt& attempt = random.Chance(90) ? run.attempts.back() : random.Pick(run.attempts);
  if (random.Chance(80)) now = std::max(now, attempt.not_before);
  return StartAttempt{attempt.number};
}

Command SomeAnswer(Random& random, const Run& run) {
  FinishAttempt answer;
  if (!run.attempts.empty()) {
    const Attempt& attempt = random.Chance(90) ? run.attempts.back() : random.Pick(run.attempts);
    answer.number = attempt.number;
    answer.fencing_token = attempt.fencing_token - (random.Chance(5) ? 1 : 0);
  }
  const auto dice = random.Below(100);
  answer.end = dice < 50   ? AttemptEnd::kSucceeded
               : dice < 70 ? AttemptEnd::kFailed
               : dice < 80 ? AttemptEnd::kTimedOut
               : dice < 85 ? AttemptEnd::kCancelled
                           : AttemptEnd::kUnknown;
  answer.failure = random.Chance(60) ? FailureClass::kTransient : FailureClass::kPermanent;
  answer.summary = "the executor's words";
  answer.jitter = static_cast<double>(random.Below(1000)) / 1000.0;
  return answer;
}

Command SomeResolution(Random& random, const Run& run) {
  ResolveIncident resolve;
  resolve.actor = Person("operator");
  resolve.resolution = static_cast<Resolution>(random.Between(1, 3));
  resolve.reason = "looked at it";
  resolve.expected = SomeExpectation(random, run);
  return resolve;
}

Command Sensible(Random& random, const Run& run, const Workflow& workflow, Time& now) {
  const auto dice = random.Below(100);
  if (dice < 3) return CancelRun{Person("operator"), "enough", SomeExpectation(random, run)};
  switch (run.status) {
    case RunStatus::kWaiting:
      if (dice < 6 && !run.attempts.empty()) return SomeAnswer(random, run);
      if (dice < 10) return SomeExpiry(random, run, workflow, now);
      if (dice < 30) return SomePolicyVote(random, run, workflow);
      return SomeVote(random, run, workflow);
    case RunStatus::kExecuting:
      if (dice < 13) return CancelRun{Person("operator"), "enough", {}};
      if (dice < 17) return RaiseIncident{"plugin_missing", "no plugin offers 'command'"};
      if (run.OpenAttempt()->state == AttemptState::kPlanned) return SomeStart(random, run, now);
      return SomeAnswer(random, run);
    case RunStatus::kNeedsAttention:
      if (dice < 20) return SomeAnswer(random, run);
      return SomeResolution(random, run);
    default:
      return SomeAnswer(random, run);
  }
}

Command Whatever(Random& random, const Run& run, const Workflow& workflow, Time& now) {
  switch (random.Below(8)) {
    case 0:
      return SomeVote(random, run, workflow);
    case 1:
      return SomePolicyVote(random, run, workflow);
    case 2:
      return SomeExpiry(random, run, workflow, now);
    case 3:
      return SomeStart(random, run, now);
    case 4:
      return SomeAnswer(random, run);
    case 5:
      return SomeResolution(random, run);
    case 6:
      return RaiseIncident{"odd", "out of nowhere"};
    default:
      return CancelRun{SomePrincipal(random), "no", SomeExpectation(random, run)};
  }
}

}  // namespace

CreateRun RandomCreate(Random& random, const Workflow& workflow) {
  CreateRun create{SomePrincipal(random), "release", R"({"v":1})", "d1", {}};
  for (const StageSpec& stage : workflow.stages) {
    if (random.Chance(12)) create.skips.push_back({stage.name, "not for this subject"});
  }
  return create;
}

Command RandomCommand(Random& random, const Run& run, const Workflow& workflow, Time& now) {
  now += std::chrono::seconds{random.Below(120)};
  return random.Chance(85) ? Sensible(random, run, workflow, now)
                           : Whatever(random, run, workflow, now);
}

}  // namespace gatewright::core::test
