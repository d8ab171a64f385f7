// tests/core/hold_test.cpp: what keeps an approved action from starting: stops, times, calendars,
// and votes that grow too old meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Workflow Deploys() {
  Workflow workflow = WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("release")}))});
  workflow.labels = {{"tier", "prod"}};
  return workflow;
}

Workflow InCalendar(Duration min_runway = Duration{0}) {
  Workflow workflow = Deploys();
  workflow.calendar = CalendarUse{"change", min_runway};
  return workflow;
}

// Open from 10:00 to 12:00 and from 20:00 to 23:00; it is 9:00.
void AddCalendar(Installation& installation) {
  const Time now = installation.now;
  installation.calendars["change"] =
      std::make_shared<FakeCalendar>(std::vector<FakeCalendar::Window>{
          {now + hours{1}, now + hours{3}}, {now + hours{11}, now + hours{14}}});
}

std::string HoldsIn(const Story& story) {
  std::string text;
  for (const Hold& hold : story.run().holds) text += std::string(ToString(hold.kind)) + " ";
  return text;
}

TEST(Hold, AStopKeepsWhatIsApprovedFromActingUntilItIsLifted) {
  Story story(Deploys());
  story.Create();
  const auto stop = story.installation().StopAll("the database is on fire");

  EXPECT_THAT(Names(story.Approve("bob", "Deploy")),
              ElementsAre("VoteCast", "GateSatisfied", "ActionBlocked"));
  EXPECT_EQ(HoldsIn(story), "stop ");
  EXPECT_THAT(story.run().holds.front().detail, HasSubstr("the database is on fire"));
  EXPECT_THAT(Names(story.TryStart()), IsEmpty());

  story.installation().Lift(stop);
  EXPECT_THAT(Names(story.TryStart()), ElementsAre("AttemptStarted"));
}

TEST(Hold, StopAgainstStartInBothOrders) {
  Story stopped_first(Deploys());
  stopped_first.Create();
  stopped_first.installation().StopAll();
  stopped_first.Approve("bob", "Deploy");
  EXPECT_EQ(stopped_first.status(), "blocked");

  Story started_first(Deploys());
  started_first.Create();
  started_first.Approve("bob", "Deploy");
  started_first.installation().StopAll();
  EXPECT_EQ(started_first.status(), "executing") << "what runs is cancelled, not stopped";
  EXPECT_THAT(Names(started_first.Finish(AttemptEnd::kSucceeded)), Contains("RunFinished"));
}

TEST(Hold, AStopKeepsAPlannedRetryToo) {
  Workflow workflow = Deploys();
  workflow.stages.front().action = RetriedAction(3);
  Story story(workflow);
  story.Create();
  story.Approve("bob", "Deploy");
  story.Finish(AttemptEnd::kFailed, FailureClass::kTransient);
  story.Advance(minutes{1});
  const auto stop = story.installation().StopAll();

  EXPECT_THAT(Names(story.StartAttempt()), ElementsAre("ActionBlocked"));
  story.installation().Lift(stop);
  EXPECT_THAT(Names(story.TryStart()), ElementsAre("AttemptStarted"));
  EXPECT_EQ(story.run().attempts.size(), 2U);
}

struct SelectorCase {
  std::string_view name;
  Selector selector;
  bool is_about;  // run 1 of "deployment", labelled tier=prod, with lock "eu", at stage Deploy
};

class Stops : public ::testing::TestWithParam<SelectorCase> {};

TEST_P(Stops, HoldWhatTheySelect) {
  Story story(Deploys());
  story.CreateWith({{"eu"}, {}});
  story.installation().Do(SetStop{Person("operator"), GetParam().selector, "enough", std::nullopt});
  story.Approve("bob", "Deploy");

  EXPECT_EQ(story.status(), GetParam().is_about ? "blocked" : "executing");
}

INSTANTIATE_TEST_SUITE_P(
    Selectors, Stops,
    ::testing::Values(SelectorCase{"Everything", {}, true},
                      SelectorCase{"Workflow", {WorkflowName{"deployment"}, {}, {}, ""}, true},
                      SelectorCase{"OtherWorkflow", {WorkflowName{"billing"}, {}, {}, ""}, false},
                      SelectorCase{"Stage", {{}, StageName{"Deploy"}, {}, ""}, true},
                      SelectorCase{"OtherStage", {{}, StageName{"Verify"}, {}, ""}, false},
                      SelectorCase{"Label", {{}, {}, {{"tier", "prod"}}, ""}, true},
                      SelectorCase{"OtherLabel", {{}, {}, {{"tier", "test"}}, ""}, false},
                      SelectorCase{
                          "OneLabelOfTwo", {{}, {}, {{"tier", "prod"}, {"eu", "yes"}}, ""}, false},
                      SelectorCase{"Lock", {{}, {}, {}, "eu"}, true},
                      SelectorCase{"OtherLock", {{}, {}, {}, "us"}, false}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Hold, AStopMayLiftItself) {
  Story story(Deploys());
  story.Create();
  const Time until = story.now() + hours{1};
  story.installation().Do(SetStop{Person("operator"), {}, "maintenance", until});
  const Decision decision = story.Approve("bob", "Deploy");
  EXPECT_THAT(EffectsOf(decision), Contains(Effect{SetTimer{TimerKind::kLookAgain, until}}));
  story.Advance(hours{1});

  EXPECT_THAT(Names(story.TryStart()), ElementsAre("AttemptStarted"));
}

TEST(Hold, ARunMayBeScheduled) {
  Story story(Deploys());
  CreateRun create;
  create.actor = Person("requester");
  create.not_before = story.now() + hours{5};
  story.Do(create);
  story.Approve("bob", "Deploy");
  EXPECT_EQ(HoldsIn(story), "schedule ");
  EXPECT_EQ(story.run().holds.front().until, create.not_before);
  story.Advance(hours{5});

  EXPECT_THAT(Names(story.TryStart()), ElementsAre("AttemptStarted"));
}

TEST(Hold, AStageMayWaitBetweenItsGateAndItsAction) {
  Workflow workflow = Deploys();
  workflow.stages.front().wait = hours{2};
  Story story(workflow);
  story.Create();
  story.Advance(hours{7});
  story.Approve("bob", "Deploy");
  EXPECT_EQ(HoldsIn(story), "wait ");
  EXPECT_EQ(story.run().holds.front().until, story.now() + hours{2});
  story.Advance(hours{2} - Duration{1});
  EXPECT_THAT(Names(story.TryStart()), IsEmpty());
  story.Advance(Duration{1});

  EXPECT_THAT(Names(story.TryStart()), ElementsAre("AttemptStarted"));
}

TEST(Hold, ACalendarSaysWhenItOpensAndConsumesNoVotes) {
  Story story(InCalendar());
  AddCalendar(story.installation());
  story.Create();

  story.Approve("bob", "Deploy");
  EXPECT_EQ(HoldsIn(story), "calendar ");
  EXPECT_EQ(story.run().holds.front().until, story.now() + hours{1});
  story.Advance(hours{1});
  EXPECT_THAT(Names(story.TryStart()), ElementsAre("AttemptStarted"));
}

TEST(Hold, AnOpenCalendarHoldsWhoeverWouldNotBeDoneBeforeItCloses) {
  Story story(InCalendar(minutes{30}));
  AddCalendar(story.installation());
  story.Create();
  const Time start = story.now();
  story.Advance(hours{2} + minutes{45});  // open until 12:00, and it is 11:45

  story.Approve("bob", "Deploy");
  EXPECT_THAT(story.run().holds.front().detail, HasSubstr("closes in less than 30m"));
  EXPECT_EQ(story.run().holds.front().until, start + hours{11});
}

TEST(Hold, ACalendarThatIsNotThereHoldsEverything) {
  Story story(InCalendar());
  story.Create();
  story.Approve("bob", "Deploy");

  EXPECT_THAT(story.run().holds.front().detail, HasSubstr("there is no calendar 'change'"));
}

TEST(Hold, AllOfThemAreNamedAndTheFirstToEndIsWaitedFor) {
  Workflow workflow = InCalendar();
  workflow.stages.front().wait = minutes{10};
  Story story(workflow);
  AddCalendar(story.installation());
  story.installation().StopAll();
  story.Create();
  const Decision decision = story.Approve("bob", "Deploy");

  EXPECT_EQ(HoldsIn(story), "stop wait calendar ");
  EXPECT_THAT(EffectsOf(decision),
              Contains(Effect{SetTimer{TimerKind::kLookAgain, story.now() + minutes{10}}}));
}

TEST(Hold, WhoCannotActLeavesTheLineAndFindsItsPlaceAgain) {
  Workflow workflow = Deploys();
  workflow.lock = LockSpec{};
  Installation shared;
  std::vector<Story> stories;
  for (std::int64_t id = 1; id <= 3; ++id) {
    stories.emplace_back(workflow, shared, RunId{id});
    stories.back().CreateWith({{"prod"}, {}});
    stories.back().Approve("bob", "Deploy");
  }
  Story& holder = stories[0];
  Story& held = stories[1];
  Story& behind = stories[2];
  const auto ticket = held.run().locks.ticket;
  const auto stop = shared.StopAll();
  EXPECT_THAT(Names(held.TryStart()), ElementsAre("LocksReleased", "ActionBlocked"));
  shared.Lift(stop);

  EXPECT_THAT(Names(held.TryStart()), ElementsAre("LocksQueued", "ActionBlocked"));
  EXPECT_EQ(held.run().locks.ticket, ticket);
  holder.Finish(AttemptEnd::kSucceeded);
  EXPECT_THAT(Names(behind.TryStart()), IsEmpty()) << "it is still before it";
  EXPECT_THAT(Names(held.TryStart()), Contains("AttemptStarted"));
}

Workflow WithTtl(Duration ttl) {
  Workflow workflow = Deploys();
  workflow.stages.front().gate->votes.ttl = ttl;
  return workflow;
}

TEST(VotesTtl, TooOldVotesAreAskedForAgain) {
  Story story(WithTtl(hours{24}));
  story.Create();
  const auto stop = story.installation().StopAll();
  const Decision blocked = story.Approve("bob", "Deploy");
  EXPECT_THAT(EffectsOf(blocked),
              Contains(Effect{SetTimer{TimerKind::kLookAgain, story.now() + hours{24}}}));
  story.Advance(hours{24});
  story.installation().Lift(stop);

  EXPECT_THAT(Names(story.TryStart()), ElementsAre("VotesOutdated", "GateOpened"));
  EXPECT_EQ(story.status(), "waiting");
  EXPECT_THAT(story.votes("Deploy"), IsEmpty());
  EXPECT_THAT(story.run().stages.front().outdated.front().reason,
              HasSubstr("approved more than 1d ago"));
}

TEST(VotesTtl, OneMomentBeforeTheyCount) {
  Story story(WithTtl(hours{24}));
  story.Create();
  const auto stop = story.installation().StopAll();
  story.Approve("bob", "Deploy");
  story.Advance(hours{24} - Duration{1});
  story.installation().Lift(stop);

  EXPECT_THAT(Names(story.TryStart()), ElementsAre("AttemptStarted"));
}

TEST(VotesTtl, APlannedRetryEndsWithItsVotes) {
  Workflow workflow = WithTtl(Duration{std::chrono::seconds{5}});
  workflow.stages.front().action = RetriedAction(3);
  Story story(workflow);
  story.Create();
  story.Approve("bob", "Deploy");
  story.Finish(AttemptEnd::kFailed, FailureClass::kTransient);
  story.Advance(minutes{1});

  EXPECT_THAT(Names(story.StartAttempt()),
              ElementsAre("AttemptEnded", "VotesOutdated", "GateOpened"));
  EXPECT_EQ(story.run().OpenAttempt(), nullptr);
}

TEST(VotesTtl, OfSeveralGatesAllThatAreTooOldAreAskedForAgain) {
  Workflow workflow = WithTtl(hours{1});
  workflow.stages.insert(workflow.stages.begin(), Asks("QA", Gate({Leaf("qa")})));
  workflow.stages.front().gate->votes.ttl = hours{1};
  Story story(workflow);
  story.Create();
  story.installation().StopAll();
  story.Approve("alice", "QA");
  story.Approve("bob", "Deploy");
  story.Advance(hours{2});

  EXPECT_THAT(Names(story.TryStart()), ElementsAre("VotesOutdated", "VotesOutdated", "GateOpened"));
  story.Approve("alice", "QA");
  EXPECT_EQ(story.status(), "waiting") << "carrying bob's vote would have made it young again";
}

TEST(VotesTtl, BehindAnActionNothingGrowsOld) {
  Workflow workflow = WithTtl(hours{1});
  workflow.stages.push_back(Acts("Verify", Action(), Gate({Leaf("qa")})));
  Story story(workflow);
  story.Create();
  story.Approve("bob", "Deploy");
  story.Finish(AttemptEnd::kSucceeded);
  story.Advance(hours{9});

  EXPECT_THAT(Names(story.Approve("carol", "Verify")), Contains("AttemptStarted"));
}

TEST(BusinessClock, ADeadlineCountsOpenTimeOnly) {
  Workflow workflow = Deploys();
  workflow.stages.front().gate->deadline = DeadlineOf(hours{3});
  workflow.stages.front().gate->deadline->clock = "change";
  Story story(workflow);
  AddCalendar(story.installation());
  story.Create();

  // Two hours from 10:00 to 12:00, the third from 20:00 on.
  EXPECT_EQ(story.run().stages.front().gate->deadline, story.now() + hours{12});
}

TEST(BusinessClock, WithoutItsCalendarADeadlineRunsInWallTimeAndSaysSo) {
  Workflow workflow = Deploys();
  workflow.stages.front().gate->deadline = DeadlineOf(hours{3});
  workflow.stages.front().gate->deadline->clock = "change";
  Story story(workflow);
  story.Create();

  EXPECT_EQ(story.run().stages.front().gate->deadline, story.now() + hours{3});
  EXPECT_THAT(story.run().stages.front().gate->reason, HasSubstr("no calendar 'change'"));
}

}  // namespace
}  // namespace gatewright::core::test
