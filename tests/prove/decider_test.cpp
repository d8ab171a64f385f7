// tests/prove/decider_test.cpp: the proof drives the real `Decide`; here it drives broken ones, and
// finds each. So a proof that finds nothing says something.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/core/apply.h"
#include "tests/prove/support.h"

namespace gatewright::proof::test {
namespace {

using core::Accepted;
using core::Command;
using core::Decision;

using core::Workflow;
using core::World;

Workflow TwoGates() {
  core::GateSpec qa = Gate({Leaf("qa", 2)});
  core::GateSpec devops = Gate({Leaf("devops")});
  return WorkflowOf({Asks("QA", qa), Acts("Deploy", Action(), devops)});
}

std::vector<std::string> Kinds(const Finding& finding) {
  std::vector<std::string> kinds;
  for (const std::string& step : finding.script.steps)
    kinds.push_back(step.substr(0, step.find(':')));
  return kinds;
}

Finding Broken(const Workflow& workflow, Decider decider, Property property) {
  ProveOptions options;
  options.decider = std::move(decider);
  const Proof proof = ProofOf(workflow, options);
  EXPECT_EQ(proof.Of(property).verdict, Verdict::kViolated) << proof.Of(property).why_not_proven;
  return proof.Of(property).findings.empty() ? Finding{} : proof.Of(property).findings.front();
}

TEST(ProveDecider, OneVoteCountsForTwo) {
  const auto broken = [](const core::Run& run, const Workflow& workflow, const Command& command,
                         Time now, const World& world) {
    Workflow easier = workflow;
    easier.stages[0].gate->rules.children[0].need = 1;
    return core::Decide(run, easier, command, now, world);
  };
  EXPECT_THAT(Kinds(Broken(TwoGates(), broken, Property::kGated)),
              ::testing::ElementsAre("create", "vote", "vote"));
}

TEST(ProveDecider, AnApprovalSurvivesAChangedSubject) {
  const auto broken = [](const core::Run& run, const Workflow& workflow, const Command& command,
                         Time now, const World& world) {
    const auto* change = std::get_if<core::ChangeSubject>(&command);
    if (change == nullptr) return core::Decide(run, workflow, command, now, world);
    Workflow looser = workflow;
    looser.stages[0].gate->votes.on_subject_change = core::OnSubjectChange::kKeepIf;
    core::ChangeSubject keeping = *change;
    keeping.kept = {StageName{"QA"}};
    return core::Decide(run, looser, keeping, now, world);
  };
  const Finding found = Broken(TwoGates(), broken, Property::kGated);
  EXPECT_THAT(found.message, ::testing::HasSubstr("though the subject is another"));
  EXPECT_THAT(Kinds(found), ::testing::ElementsAre("create", "vote", "subject"));
}

TEST(ProveDecider, ARequesterApprovesTheirOwn) {
  const auto broken = [](const core::Run& run, const Workflow& workflow, const Command& command,
                         Time now, const World& world) {
    Workflow looser = workflow;
    looser.stages[0].gate->separation = {};
    return core::Decide(run, looser, command, now, world);
  };
  core::GateSpec gate = Gate({Leaf("qa")});
  gate.separation.excludes_requester = true;
  EXPECT_THAT(Kinds(Broken(WorkflowOf({Acts("Deploy", Action(), gate)}), broken, Property::kGated)),
              ::testing::ElementsAre("create", "vote"));
}

TEST(ProveDecider, AVotesTtlIsForgotten) {
  const auto broken = [](const core::Run& run, const Workflow& workflow, const Command& command,
                         Time now, const World& world) {
    Workflow looser = workflow;
    looser.stages[0].gate->votes.ttl.reset();
    return core::Decide(run, looser, command, now, world);
  };
  Workflow workflow = TwoGates();
  workflow.stages[0].gate->votes.ttl = std::chrono::hours{2};
  EXPECT_THAT(Kinds(Broken(workflow, broken, Property::kGated)),
              ::testing::ElementsAre("create", "vote", "vote", "advance", "vote"));
}

TEST(ProveDecider, AStopIsNotSeen) {
  const auto broken = [](const core::Run& run, const Workflow& workflow, const Command& command,
                         Time now, const World& world) {
    World unstopped = world;
    unstopped.site = nullptr;
    return core::Decide(run, workflow, command, now, unstopped);
  };
  const Finding found =
      Broken(WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("qa")}))}), broken, Property::kHeld);
  EXPECT_THAT(Kinds(found), ::testing::ElementsAre("create", "stop", "vote"));
}

TEST(ProveDecider, ACalendarIsNotSeen) {
  const auto broken = [](const core::Run& run, const Workflow& workflow, const Command& command,
                         Time now, const World& world) {
    Workflow always_open = workflow;
    always_open.calendar.reset();
    return core::Decide(run, always_open, command, now, world);
  };
  Workflow workflow = WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("qa")}))});
  workflow.calendar = core::CalendarUse{"hours", Duration{0}};
  EXPECT_THAT(Kinds(Broken(workflow, broken, Property::kHeld)),
              ::testing::ElementsAre("create", "calendar", "vote"));
}

TEST(ProveDecider, ALockIsNotSeen) {
  const auto broken = [](const core::Run& run, const Workflow& workflow, const Command& command,
                         Time now, const World& world) {
    World alone = world;
    alone.locks = nullptr;
    return core::Decide(run, workflow, command, now, alone);
  };
  Workflow workflow = WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("qa")}))});
  workflow.lock = core::LockSpec{};
  EXPECT_THAT(Kinds(Broken(workflow, broken, Property::kHeld)),
              ::testing::ElementsAre("create", "locks", "vote"));
}

TEST(ProveDecider, NothingGoesOnAfterAFailure) {
  const auto broken = [](const core::Run& run, const Workflow& workflow, const Command& command,
                         Time now, const World& world) -> Decision {
    if (std::holds_alternative<core::StartAttempt>(command)) return core::Refusal{};
    if (std::holds_alternative<core::RaiseIncident>(command)) return core::Refusal{};
    return core::Decide(run, workflow, command, now, world);
  };
  const Workflow workflow = WorkflowOf({Acts("Deploy", RetriedAction(2), Gate({Leaf("qa")}))});
  EXPECT_THAT(Kinds(Broken(workflow, broken, Property::kEnds)),
              ::testing::ElementsAre("create", "vote", "attempt"));
}

TEST(ProveDecider, ASuccessIsForgottenAndRepeated) {
  const auto broken = [](const core::Run& run, const Workflow& workflow, const Command& command,
                         Time now, const World& world) -> Decision {
    const auto* finish = std::get_if<core::FinishAttempt>(&command);
    if (finish == nullptr || finish->end != core::AttemptEnd::kSucceeded) {
      return core::Decide(run, workflow, command, now, world);
    }
    const StageName stage = run.current_stage;
    const AttemptNumber next{static_cast<std::int64_t>(run.attempts.size()) + 1};
    Accepted accepted{{}, {}, run};
    accepted.events.push_back(core::AttemptEnded{stage, finish->number, finish->end, {}, "", ""});
    accepted.events.push_back(core::AttemptStarted{stage, next, 9, now + std::chrono::hours{1}});
    ApplyEntry(accepted.run, accepted.events, {now, PrincipalId{"engine"}});
    return accepted;
  };
  const Workflow workflow = WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("qa")}))});
  EXPECT_THAT(Kinds(Broken(workflow, broken, Property::kOnce)),
              ::testing::ElementsAre("create", "vote", "attempt"));
}

}  // namespace
}  // namespace gatewright::proof::test
