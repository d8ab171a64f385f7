// tests/core/override_test.cpp: break-glass: passing a rule on purpose, by one person or two, and
// the review that follows whatever becomes of the run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Workflow Overridable(bool needs_second = false, bool has_review = false) {
  Workflow workflow = WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("release")}))});
  workflow.overriding = OverrideSpec{};
  workflow.overriding->needs_second = needs_second;
  if (has_review) {
    workflow.overriding->review = Gate({Leaf("audit")});
    workflow.review = Asks(std::string(kReviewStage), Gate({Leaf("audit")}));
  }
  return workflow;
}

Story Created(Workflow workflow) {
  Story story(std::move(workflow));
  story.Create();
  return story;
}

TEST(Override, PassesTheOpenGate) {
  Story story = Created(Overridable());

  EXPECT_THAT(Names(story.Override(OverrideKind::kGate)),
              ElementsAre("OverrideGranted", "GateSatisfied", "AttemptStarted"));
  EXPECT_TRUE(story.run().stages.front().gate->is_overridden);
  EXPECT_EQ(story.run().overrides.front().reason, "the site is down");
}

TEST(Override, IsRefusedWhereTheWorkflowHasNoneOrTheActorMayNot) {
  Story none = Created(Deployment());
  EXPECT_EQ(CodeOf(none.Override(OverrideKind::kGate)), "not_allowed");

  Story story = Created(Overridable());
  OverrideRule rule{Person("eve"), OverrideKind::kGate, "please", false, "eve is no director", {}};
  const Decision decision = story.Do(rule);
  EXPECT_EQ(CodeOf(decision), "not_allowed");
  EXPECT_EQ(DetailOf(decision), "eve is no director");
}

TEST(Override, OfWhatDoesNotHoldTheRunUpIsRefused) {
  Story story = Created(Overridable());
  for (const auto kind : {OverrideKind::kCalendar, OverrideKind::kLock}) {
    EXPECT_EQ(CodeOf(story.Override(kind)), "not_possible") << ToString(kind);
  }
  story.Approve("bob", "Deploy");
  EXPECT_EQ(CodeOf(story.Override(OverrideKind::kGate)), "not_possible");
}

TEST(Override, OfTheCalendarLetsTheRunActAndAStopStillHolds) {
  Workflow workflow = Overridable();
  workflow.calendar = CalendarUse{"freeze", Duration{0}};
  Story story = Created(workflow);
  const auto stop = story.installation().StopAll();
  story.Approve("bob", "Deploy");

  EXPECT_THAT(Names(story.Override(OverrideKind::kCalendar)),
              ElementsAre("OverrideGranted", "ActionBlocked"));
  story.installation().Lift(stop);
  EXPECT_THAT(Names(story.TryStart()), ElementsAre("AttemptStarted"));
}

TEST(Override, OfTheCalendarExpires) {
  Workflow workflow = Overridable();
  workflow.calendar = CalendarUse{"freeze", Duration{0}};
  Story story = Created(workflow);
  const auto stop = story.installation().StopAll();
  story.Approve("bob", "Deploy");
  story.Override(OverrideKind::kCalendar);
  story.Advance(hours{1});
  story.installation().Lift(stop);

  story.TryStart();
  EXPECT_EQ(story.status(), "blocked");
}

TEST(SecondPerson, IsNeededWhereTheWorkflowSaysSo) {
  Story story = Created(Overridable(true));

  EXPECT_THAT(Names(story.Override(OverrideKind::kGate, "boss")), ElementsAre("OverrideAsked"));
  EXPECT_THAT(Names(story.Override(OverrideKind::kGate, "boss")), IsEmpty()) << "the same person";
  EXPECT_EQ(story.status(), "waiting");
  EXPECT_THAT(Names(story.Override(OverrideKind::kGate, "director")),
              ElementsAre("OverrideGranted", "GateSatisfied", "AttemptStarted"));
  EXPECT_EQ(story.run().overrides.front().by, PrincipalId{"boss"});
  EXPECT_EQ(story.run().overrides.front().second, PrincipalId{"director"});
}

TEST(SecondPerson, ComesTooLateAfterAnHour) {
  Story story = Created(Overridable(true));
  story.Override(OverrideKind::kGate, "boss");
  story.Advance(hours{1});

  EXPECT_THAT(Names(story.Override(OverrideKind::kGate, "director")), ElementsAre("OverrideAsked"));
}

TEST(SecondPerson, AgreesToWhatTheFirstOneSaw) {
  Story story = Created(Overridable(true));
  story.Override(OverrideKind::kGate, "boss");
  story.ChangeSubject("d2");

  EXPECT_THAT(Names(story.Override(OverrideKind::kGate, "director")), ElementsAre("OverrideAsked"));
}

TEST(SecondPerson, OfAnotherKindIsAnotherRequest) {
  Workflow workflow = Overridable(true);
  workflow.lock = LockSpec{{"prod"}, LockAcquire::kBeforeGate, LockMode::kFifo, 1, std::nullopt};
  Story story(workflow);
  story.CreateWith({{"prod"}, {}});
  story.Override(OverrideKind::kGate, "boss");

  EXPECT_THAT(Names(story.Override(OverrideKind::kLock, "director")), ElementsAre("OverrideAsked"));
}

struct End {
  std::string_view name;
  std::function<void(Story&)> act;  // on a run whose gate was overridden and whose action runs
  std::string_view status;
};

class ReviewOf : public ::testing::TestWithParam<End> {};

TEST_P(ReviewOf, ComesBeforeTheEndWhateverItIs) {
  for (const bool is_justified : {true, false}) {
    Workflow workflow = Overridable(false, true);
    workflow.stages.push_back(Asks("Verify", Gate({Leaf("qa")})));
    workflow.stages.back().gate->deadline = DeadlineOf(hours{1});
    Story story = Created(workflow);
    story.Override(OverrideKind::kGate);
    GetParam().act(story);

    EXPECT_EQ(story.status(), "waiting");
    EXPECT_EQ(story.run().current_stage, StageName{kReviewStage});
    EXPECT_EQ(CodeOf(story.Cancel()), "not_possible");
    EXPECT_EQ(CodeOf(story.ChangeSubject("d2")), "not_possible");
    EXPECT_EQ(CodeOf(story.Do(SupersedeRun{RunId{9}})), "not_possible");
    EXPECT_EQ(CodeOf(story.Override(OverrideKind::kGate)), "not_possible");
    if (is_justified) {
      story.Approve("auditor", kReviewStage);
    } else {
      story.Reject("auditor", kReviewStage);
    }
    EXPECT_EQ(story.status(), GetParam().status);
    EXPECT_THAT(story.run().finish_reason,
                HasSubstr(is_justified ? "found justified" : "found not justified"));
  }
}

void FinishGood(Story& story) {
  story.Finish(AttemptEnd::kSucceeded);
  story.Approve("carol", "Verify");
}

INSTANTIATE_TEST_SUITE_P(
    Ends, ReviewOf,
    ::testing::Values(End{"Succeeded", FinishGood, "succeeded"},
                      End{"Failed", [](Story& s) { s.Finish(AttemptEnd::kFailed); }, "failed"},
                      End{"ActionCancelled",
                          [](Story& s) {
                            s.Cancel();
                            s.Finish(AttemptEnd::kCancelled);
                          },
                          "cancelled"},
                      End{"CancelledLater",
                          [](Story& s) {
                            s.Finish(AttemptEnd::kSucceeded);
                            s.Cancel();
                          },
                          "cancelled"},
                      End{"RejectedLater",
                          [](Story& s) {
                            s.Finish(AttemptEnd::kSucceeded);
                            s.Reject("carol", "Verify");
                          },
                          "rejected"},
                      End{"ExpiredLater",
                          [](Story& s) {
                            s.Finish(AttemptEnd::kSucceeded);
                            s.Advance(hours{1});
                            s.Expire("Verify");
                          },
                          "expired"},
                      End{"CancelledInNeedOfAttention",
                          [](Story& s) {
                            s.Finish(AttemptEnd::kUnknown);
                            s.Cancel();
                          },
                          "cancelled"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Review, IsNotNeededWhenNothingWasDone) {
  Workflow workflow = Overridable(false, true);
  workflow.stages.insert(workflow.stages.begin(), Asks("QA", Gate({Leaf("qa")})));
  Story story = Created(workflow);
  story.Override(OverrideKind::kGate);
  ASSERT_EQ(story.run().current_stage, StageName{"Deploy"});

  EXPECT_THAT(Names(story.Cancel()), ElementsAre("RunFinished"));
}

TEST(Review, WithoutAnOverrideThereIsNone) {
  Story story = Created(Overridable(false, true));
  story.Approve("bob", "Deploy");

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kSucceeded)), Not(Contains("ReviewOpened")));
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(Review, ThatNobodyMakesInTimeChangesNoEnd) {
  Workflow workflow = Overridable(false, true);
  workflow.review->gate->deadline = DeadlineOf(hours{24});
  Story story = Created(workflow);
  story.Override(OverrideKind::kGate);
  story.Finish(AttemptEnd::kSucceeded);
  story.Advance(hours{24});

  EXPECT_THAT(Names(story.Expire(kReviewStage)),
              ElementsAre("GateExpired", "StageDone", "RunFinished"));
  EXPECT_EQ(story.status(), "succeeded");
  EXPECT_THAT(story.run().finish_reason, HasSubstr("nobody reviewed its override in time"));
}

TEST(Review, OfARetriedRunIsMadeAnew) {
  Story story = Created(Overridable(false, true));
  story.Override(OverrideKind::kGate);
  story.Finish(AttemptEnd::kFailed);
  story.Approve("auditor", kReviewStage);
  story.Retry();
  story.Approve("bob", "Deploy");
  story.Finish(AttemptEnd::kSucceeded);

  EXPECT_EQ(story.run().current_stage, StageName{kReviewStage});
  EXPECT_THAT(story.votes(kReviewStage), IsEmpty()) << "the first review was about another try";
}

TEST(Review, SaysTheLastStateTheRunReached) {
  Story story = Created(Overridable(false, true));
  story.Override(OverrideKind::kGate);
  story.Finish(AttemptEnd::kFailed);

  EXPECT_EQ(story.run().state, "requested");
  story.Approve("auditor", kReviewStage);
  EXPECT_EQ(story.run().state, "failed");
}

TEST(Review, TheLocksAreGivenBackBeforeIt) {
  Workflow workflow = Overridable(false, true);
  workflow.lock = LockSpec{};
  Story story(workflow);
  story.CreateWith({{"prod"}, {}});
  story.Override(OverrideKind::kGate);

  EXPECT_THAT(
      Names(story.Finish(AttemptEnd::kSucceeded)),
      ElementsAre("AttemptEnded", "StageDone", "LocksReleased", "ReviewOpened", "GateOpened"));
}

}  // namespace
}  // namespace gatewright::core::test
