// tests/core/refusal_test.cpp: every way to say no: its code, and a sentence that says what was
// expected, what was found and what is allowed instead.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using ::testing::HasSubstr;

CastVote Approval(const Story& story, std::string_view stage) {
  return story.VoteBy(Person("bob"), stage, Choice::kApprove);
}

struct Case {
  std::string_view name;
  std::function<Decision(Story&)> act;  // on a created deployment that waits at QA
  std::string_view code;
  std::vector<std::string_view> says;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Refused : public ::testing::TestWithParam<Case> {};

TEST_P(Refused, WithItsCodeAndASentence) {
  Story story(Deployment());
  story.Create("alice");

  const Decision decision = GetParam().act(story);

  EXPECT_EQ(CodeOf(decision), GetParam().code);
  for (const std::string_view part : GetParam().says) {
    EXPECT_THAT(DetailOf(decision), HasSubstr(part));
  }
}

void GoTo(Story& story, std::string_view stage) {
  while (story.run().current_stage.value != stage) {
    story.Approve("zoe", story.run().current_stage.value);
  }
}

const Case kCases[] = {
    {"UnknownRun",
     [](Story& story) {
       Run none;
       none.id = RunId{99};
       return Decide(none, story.workflow(), Approval(story, "QA"), story.now());
     },
     "not_found",
     {"there is no run 99"}},
    {"UnknownStage",
     [](Story& story) { return story.Approve("bob", "Quality"); },
     "not_found",
     {"'deployment' has no stage 'Quality'", "QA, DevOps, Execute"}},
    {"UnknownPolicy",
     [](Story& story) { return story.Say("low-risk", "QA", Choice::kApprove); },
     "not_found",
     {"'QA' has no policy 'low-risk'"}},
    {"UnknownAttempt",
     [](Story& story) { return story.Do(story.AnswerOf(AttemptNumber{7}, AttemptEnd::kFailed)); },
     "not_found",
     {"no attempt 7"}},
    {"StaleVersion",
     [](Story& story) {
       auto vote = Approval(story, "QA");
       vote.expected.version = Sequence{7};
       return story.Do(vote);
     },
     "stale_version",
     {"expected version 7", "found version 1", "'requested'"}},
    {"UnexpectedState",
     [](Story& story) {
       auto vote = Approval(story, "QA");
       vote.expected.state = "approved_by_QA";
       return story.Do(vote);
     },
     "unexpected_state",
     {"in state 'approved_by_QA'", "found it in state 'requested'"}},
    {"SubjectChanged",
     [](Story& story) {
       auto vote = Approval(story, "QA");
       vote.expected.subject_digest = "d0";
       return story.Do(vote);
     },
     "subject_changed",
     {"digest d0", "found d1"}},
    {"StaleCancel",
     [](Story& story) {
       return story.Do(CancelRun{Person("bob"), "", {Sequence{3}, std::nullopt, std::nullopt}});
     },
     "stale_version",
     {"expected version 3"}},
    {"RunFinished",
     [](Story& story) {
       story.Cancel();
       return story.Do(CancelRun{Person("bob"), "", {}});
     },
     "run_finished",
     {"run 1 is finished", "cancelled at 2026-03-02T09:00:00.000Z", "allowed now: resubmit"}},
    {"VoteOnAFinishedRunWhoseGateWasNeverDecided",
     [](Story& story) {
       story.Cancel();
       return story.Approve("bob", "QA");
     },
     "run_finished",
     {"cancelled", "nothing can be voted on any more"}},
    {"WithdrawOnAFinishedRun",
     [](Story& story) {
       story.Cancel();
       return story.Withdraw("bob", "QA");
     },
     "run_finished",
     {"cancelled"}},
    {"VoteOnWhateverIsOpenOfAFinishedRun",
     [](Story& story) {
       story.Reject("carol", "QA");
       auto vote = Approval(story, "QA");
       vote.is_any_stage = true;
       return story.Do(vote);
     },
     "run_finished",
     {"rejected"}},
    {"GateDecided",
     [](Story& story) {
       story.Advance(std::chrono::minutes{2});
       story.Approve("zoe", "QA");
       return story.Approve("bob", "QA");
     },
     "gate_decided",
     {"expected gate 'QA'", "zoe's command made it satisfied at 2026-03-02T09:02:00.000Z"}},
    {"OtherVoteOnADecidedGate",
     [](Story& story) {
       story.Approve("bob", "QA");
       return story.Reject("bob", "QA");
     },
     "gate_decided",
     {"bob's command"}},
    {"WithdrawFromADecidedGate",
     [](Story& story) {
       story.Approve("bob", "QA");
       return story.Withdraw("bob", "QA");
     },
     "gate_decided",
     {}},
    {"GateNotOpenYet",
     [](Story& story) { return story.Approve("bob", "DevOps"); },
     "gate_not_open",
     {"'DevOps'", "not open yet", "at stage 'QA'"}},
    {"OtherEpoch",
     [](Story& story) {
       auto vote = Approval(story, "QA");
       vote.epoch = Epoch{2};
       return story.Do(vote);
     },
     "gate_not_open",
     {"expected epoch 2", "found epoch 1"}},
    {"VoteOnWhateverIsOpenWhileExecuting",
     [](Story& story) {
       GoTo(story, "Execute");
       story.Approve("zoe", "Execute");
       auto vote = Approval(story, "Execute");
       vote.is_any_stage = true;
       return story.Do(vote);
     },
     "gate_not_open",
     {"executing", "no gate is open", "cancel"}},
    {"PolicyAnswersAfterTheGateWasDecided",
     [](Story& story) {
       story.Approve("zoe", "QA");
       return story.Say("low-risk", "QA", Choice::kApprove);
     },
     "gate_not_open",
     {"before the policy answered"}},
    {"NotEligible",
     [](Story& story) {
       story.Only("qa", {"alice"});
       return story.Approve("bob", "QA");
     },
     "not_eligible",
     {"bob has none of the roles"}},
    {"ResolveWithoutIncident",
     [](Story& story) { return story.Resolve(Resolution::kRetry); },
     "not_possible",
     {"run 1 is waiting", "'resolve' is not possible",
      "allowed now: approve, reject, change_subject, cancel"}},
    {"IncidentWhileWaiting",
     [](Story& story) {
       return story.Do(RaiseIncident{"plugin_missing", "no plugin"});
     },
     "not_possible",
     {"waiting"}},
    {"PrepareAgainWhenTheRunMoved",
     [](Story& story) {
       auto vote = Approval(story, "QA");
       vote.is_any_stage = true;
       story.Approve("zoe", "QA");
       return story.Do(vote);
     },
     "prepare_again",
     {}},
    {"PrepareAgainWhenTheFactsAreAboutAnotherStage",
     [](Story& story) {
       auto vote = Approval(story, "QA");
       vote.facts.stage = StageName{"DevOps"};
       return story.Do(vote);
     },
     "prepare_again",
     {}},
};

INSTANTIATE_TEST_SUITE_P(Core, Refused, ::testing::ValuesIn(kCases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Refusal, ChangesNothing) {
  Story story(Deployment());
  story.Create();
  const auto before = story.run();

  story.Approve("bob", "DevOps");
  story.Resolve(Resolution::kRetry);

  EXPECT_TRUE(story.run() == before);
}

TEST(Refusal, ALateAnswerDoesNotMoveTheTimeAtWhichTheRunEnded) {
  Story story(WorkflowOf({Acts("Deploy", Action())}));
  story.Create();
  const auto answer = story.AnswerOf(AttemptNumber{1}, AttemptEnd::kSucceeded);
  story.Do(answer);
  story.Advance(std::chrono::hours{3});
  story.Do(answer);

  EXPECT_THAT(DetailOf(story.Cancel()), HasSubstr("succeeded at 2026-03-02T09:00:00.000Z"));
}

TEST(Refusal, EveryExpectationThatHoldsIsNoObstacle) {
  Story story(Deployment());
  story.Create();
  auto vote = Approval(story, "QA");
  vote.epoch = Epoch{1};
  vote.expected = {Sequence{1}, "requested", "d1"};

  EXPECT_EQ(CodeOf(story.Do(vote)), "accepted");
}

}  // namespace
}  // namespace gatewright::core::test
