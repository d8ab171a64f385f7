// tests/core/draft_test.cpp: a run that is created as a draft: it asks nobody and holds nothing;
// its requester edits and submits it, and from then on it is a run like any other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/explain.h"
#include "engine/core/explain_viewer.h"
#include "engine/core/transitions.h"
#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::hours;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Duration kMonth = hours{24 * 30};

Story Drafted(Workflow workflow = Deployment()) {
  Story story(std::move(workflow));
  CreateRun create;
  create.actor = Person("ada");
  create.name = "release 1.2";
  create.subject_json = "{}";
  create.subject_digest = "d0";
  create.is_draft = true;
  story.Do(create);
  return story;
}

ChangeSubject EditBy(std::string_view who, std::string digest) {
  ChangeSubject edit;
  edit.actor = Person(std::string(who));
  edit.subject_json = R"({"version":"1.2"})";
  edit.subject_digest = std::move(digest);
  edit.is_draft = true;
  return edit;
}

SubmitRun SubmissionBy(std::string_view who, const Story& story) {
  SubmitRun submit;
  submit.actor = Person(std::string(who));
  submit.target = &story.workflow();
  submit.subject_digest = story.run().subject_digest;
  return submit;
}

std::string DetailOf(const Decision& decision) {
  const auto* refusal = std::get_if<Refusal>(&decision);
  return refusal == nullptr ? "" : refusal->detail;
}

TEST(Draft, AsksNobodyAndHoldsNothing) {
  Workflow workflow = Deployment();
  workflow.stages[0].gate->deadline = DeadlineOf(hours{1});
  const Story story = Drafted(std::move(workflow));

  EXPECT_EQ(story.status(), "draft");
  EXPECT_EQ(story.run().state, "draft");
  EXPECT_THAT(story.run().stages, IsEmpty());
  EXPECT_TRUE(story.run().current_stage.empty());
  EXPECT_FALSE(story.run().is_finished());
  EXPECT_EQ(story.run().draft_expires_at, story.now() + kMonth);
}

TEST(Draft, OnlyItsTimerIsSet) {
  Story story(Deployment());
  CreateRun create;
  create.actor = Person("ada");
  create.is_draft = true;
  const Decision decision = story.Do(create);

  const auto& effects = std::get<Accepted>(decision).effects;
  EXPECT_THAT(effects, ElementsAre(Effect{SetTimer{TimerKind::kDraft, story.now() + kMonth}}));
}

TEST(Draft, AVoteIsRefusedAndSaysWhatIsAllowed) {
  Story story = Drafted();

  EXPECT_THAT(DetailOf(story.Approve("alice", "QA")),
              AllOf(HasSubstr("is a draft"), HasSubstr("before ada submits it"),
                    HasSubstr("allowed now: change_subject, submit, cancel")));
  EXPECT_THAT(Names(story.Approve("alice", "QA")), ElementsAre("refused: not_possible"));
  EXPECT_THAT(Names(story.Override(OverrideKind::kGate)), ElementsAre("refused: not_possible"));
  EXPECT_THAT(Names(story.Retry()), ElementsAre("refused: not_possible"));
}

TEST(Draft, NoVoteIsKeptForLater) {
  Workflow workflow = Deployment();
  workflow.stages[1].gate->votes.holds_early = true;
  Story story = Drafted(std::move(workflow));

  EXPECT_THAT(Names(story.Approve("bob", "DevOps")), ElementsAre("refused: not_possible"));
}

TEST(Draft, ItsRequesterEditsItAndItLivesOn) {
  Story story = Drafted();
  story.Advance(hours{24});

  EXPECT_THAT(Names(story.Do(EditBy("ada", "d1"))), ElementsAre("DraftEdited"));
  EXPECT_EQ(story.run().subject_digest, "d1");
  EXPECT_EQ(story.status(), "draft");
  EXPECT_EQ(story.run().draft_expires_at, story.now() + kMonth);
  EXPECT_THAT(Names(story.Do(EditBy("ada", "d1"))), IsEmpty()) << "the same words change nothing";
}

TEST(Draft, OthersMayNeitherEditNorSubmitIt) {
  Story story = Drafted();

  EXPECT_THAT(DetailOf(story.Do(EditBy("eve", "d1"))), HasSubstr("only its requester may edit it"));
  EXPECT_EQ(CodeOf(story.Do(EditBy("eve", "d1"))), "not_allowed");
  EXPECT_EQ(CodeOf(story.Do(SubmissionBy("eve", story))), "not_allowed");
}

TEST(Draft, SubmittedItIsARunLikeAnyOther) {
  Story story = Drafted();
  story.Do(EditBy("ada", "d1"));

  EXPECT_THAT(Names(story.Do(SubmissionBy("ada", story))),
              ElementsAre("RunSubmitted", "GateOpened"));
  EXPECT_EQ(story.status(), "waiting");
  EXPECT_EQ(story.run().state, "requested");
  EXPECT_FALSE(story.run().draft_expires_at.has_value());
  EXPECT_THAT(Names(story.Approve("alice", "QA")), Contains("GateSatisfied"));
}

TEST(Draft, ItFollowsTheVersionItWasSubmittedUnder) {
  Story story = Drafted();
  Workflow newer = ThreeGates();
  newer.version = WorkflowVersion{"v2"};
  newer.initial_state = "asked";
  newer.stages.erase(newer.stages.begin());
  SubmitRun submit = SubmissionBy("ada", story);
  submit.target = &newer;
  submit.skips = {{newer.stages[0].name, "not for this subject"}};

  EXPECT_THAT(Names(story.Do(submit)), ElementsAre("RunSubmitted", "StageSkipped", "GateOpened"));
  EXPECT_EQ(story.run().workflow_version, WorkflowVersion{"v2"});
  EXPECT_EQ(story.run().state, "asked");
}

TEST(Draft, FactsAboutAnotherSubjectAreGatheredAgain) {
  Story story = Drafted();
  SubmitRun submit = SubmissionBy("ada", story);
  story.Do(EditBy("ada", "d1"));
  EXPECT_EQ(CodeOf(story.Do(submit)), "prepare_again");

  ChangeSubject edit = EditBy("ada", "d2");
  story.Do(SubmissionBy("ada", story));
  EXPECT_EQ(CodeOf(story.Do(edit)), "prepare_again")
      << "what was checked as a draft may be incomplete";
}

TEST(Draft, ItIsSubmittedOnce) {
  Story story = Drafted();
  const SubmitRun submit = SubmissionBy("ada", story);
  story.Do(submit);

  EXPECT_EQ(CodeOf(story.Do(submit)), "not_possible");
}

TEST(Draft, ItExpiresWhenNobodyTouchesIt) {
  Story story = Drafted();
  story.Advance(kMonth - hours{1});
  EXPECT_EQ(CodeOf(story.Do(ExpireDraft{})), "not_possible");
  story.Advance(hours{1});

  EXPECT_THAT(Names(story.Do(ExpireDraft{})), ElementsAre("RunFinished"));
  EXPECT_EQ(story.status(), "expired");
  EXPECT_EQ(story.run().finish_reason, "the draft was not submitted in time");
}

TEST(Draft, TheWorkflowSaysHowLongItIsKept) {
  Workflow workflow = Deployment();
  workflow.draft_ttl = hours{2};
  const Story story = Drafted(std::move(workflow));

  EXPECT_EQ(story.run().draft_expires_at, story.now() + hours{2});
}

TEST(Draft, CancelledItHasAskedNobody) {
  Story story = Drafted();

  const Decision decision = story.Cancel("ada");
  EXPECT_THAT(Names(decision), ElementsAre("RunFinished"));
  EXPECT_THAT(std::get<Accepted>(decision).effects,
              ElementsAre(Effect{ClearTimer{TimerKind::kDraft}}));
  EXPECT_EQ(story.status(), "cancelled");
  EXPECT_EQ(CodeOf(story.Do(SubmissionBy("ada", story))), "run_finished");
}

TEST(Draft, ItTakesItsLocksWhenItIsSubmitted) {
  Workflow workflow = Deployment();
  workflow.lock = LockSpec{};
  workflow.lock->acquire = LockAcquire::kBeforeGate;
  Story story = Drafted(std::move(workflow));
  EXPECT_EQ(story.run().locks.state, LockState::kNone);
  SubmitRun submit = SubmissionBy("ada", story);
  submit.facts.lock_keys = {"db"};

  EXPECT_THAT(Names(story.Do(submit)), ElementsAre("RunSubmitted", "LocksTaken", "GateOpened"));
}

TEST(Draft, WhoseTurnItIsIsExplained) {
  const Story story = Drafted();
  Viewer ada;
  ada.principal = Person("ada");
  Viewer eve;
  eve.principal = Person("eve");
  const auto explain = [&](const Viewer& viewer) {
    return Explain(story.run(), story.workflow(), story.now(), World{}, viewer);
  };

  const Explanation hers = explain(ada);
  EXPECT_THAT(hers.summary, HasSubstr("It is a draft: nobody is asked before ada submits it"));
  ASSERT_EQ(hers.waits_for.size(), 1U);
  EXPECT_EQ(ToString(hers.waits_for[0].kind), "draft");
  EXPECT_THAT(hers.waits_for[0].who, ElementsAre(PrincipalId{"ada"}));
  EXPECT_EQ(hers.waits_for[0].until, story.run().draft_expires_at);
  EXPECT_THAT(hers.viewer->allowed_actions, ElementsAre("change_subject", "submit", "cancel"));
  EXPECT_THAT(explain(eve).viewer->allowed_actions, ElementsAre("cancel"));
  EXPECT_TRUE(CanDecideNow(story.run(), story.workflow(), story.now(), World{}, ada));
  EXPECT_FALSE(CanDecideNow(story.run(), story.workflow(), story.now(), World{}, eve));
}

}  // namespace
}  // namespace gatewright::core::test
