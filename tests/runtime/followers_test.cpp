#include <gmock/gmock.h>

#include <mutex>

#include "tests/runtime/engine_fixture.h"

namespace gatewright::testing {
namespace {

using core::RunStatus;
using ::testing::HasSubstr;
using Verdict = Result<ports::PolicyVerdict>;

core::Workflow WithPolicy() {
  core::Workflow workflow = Deployment();
  workflow.stages[0].gate->auto_voters = {{"low-risk", {"scripted", "{}"}, {RuleId{"qa"}}, false}};
  return workflow;
}

class PoliciesTest : public EngineTest {};

TEST_F(PoliciesTest, APolicysApproveIsAVote) {
  plugins_.policy = [](const auto&) -> Verdict {
    return ports::PolicyVerdict{ports::PolicyChoice::kApprove, "low risk", R"({"a": 1})", {}};
  };
  Open(WithPolicy());
  const RunId run = Create().run->id;
  const core::Run after =
      Until(run, [](const core::Run& now) { return now.state == "approved_by_QA"; });
  const core::Vote& vote = after.stages[0].gate->votes.at(0);
  EXPECT_EQ(vote.voter.value, "policy:low-risk");
  EXPECT_EQ(vote.evidence_json, R"({"a":1})");
}

TEST_F(PoliciesTest, APolicyThatFailsAbstainsAndSaysWhy) {
  plugins_.policy = [](const auto&) -> Verdict {
    return Error{ErrorCode::kInternal, "it crashed"};
  };
  Open(WithPolicy());
  const RunId run = Create().run->id;
  const core::Run after =
      Until(run, [](const core::Run& now) { return !now.stages[0].gate->votes.empty(); });
  EXPECT_EQ(after.state, "requested");
  EXPECT_EQ(after.stages[0].gate->votes[0].choice, core::Choice::kAbstain);
  EXPECT_THAT(after.stages[0].gate->votes[0].comment, HasSubstr("it crashed"));
}

TEST_F(PoliciesTest, APolicyThatWaitsIsAskedAgainAlsoAfterARestart) {
  std::atomic<int> asked{0};
  std::atomic<bool> may_approve{false};
  plugins_.policy = [&](const auto&) -> Verdict {
    ++asked;
    if (!may_approve) {
      return ports::PolicyVerdict{ports::PolicyChoice::kWait, "", "", std::chrono::minutes{1}};
    }
    return ports::PolicyVerdict{ports::PolicyChoice::kApprove, "now", "", {}};
  };
  Open(WithPolicy());
  const RunId run = Create().run->id;
  Until(run, [&](const core::Run&) { return asked == 1; });
  Restart();
  EXPECT_EQ(asked, 1);
  may_approve = true;
  clock_.Advance(std::chrono::minutes{2});
  Until(run, [](const core::Run& now) { return now.state == "approved_by_QA"; });
}

class TimersTest : public EngineTest {};

TEST_F(TimersTest, ADeadlineThatPassedDuringDowntimeFiresAtTheStart) {
  core::Workflow workflow = Deployment();
  workflow.stages[0].gate->deadline.emplace().after = std::chrono::hours{24};
  Open(workflow);
  const RunId run = Create().run->id;
  Close();
  clock_.Advance(std::chrono::hours{48});
  Open(workflow);
  EXPECT_EQ(UntilStatus(run, RunStatus::kExpired).state, "expired");
}

TEST_F(TimersTest, ADeadlineOfADecidedGateDoesNothing) {
  core::Workflow workflow = Deployment();
  workflow.stages[0].gate->deadline.emplace().after = std::chrono::hours{24};
  Open(workflow);
  const RunId run = Create().run->id;
  Vote(run, Everybody());
  clock_.Advance(std::chrono::hours{48});
  Restart();
  EXPECT_EQ(Vote(run, Everybody()).run->state, "approved_by_devops");
}

class Feed : public EngineTest {};

TEST_F(Feed, EveryEntryIsHandedOnOnceAndInOrder) {
  std::mutex mutex;
  std::vector<std::int64_t> positions;
  feed_ = [&](const std::vector<ports::Entry>& entries) {
    const std::lock_guard lock(mutex);
    for (const auto& entry : entries) positions.push_back(entry.position.value);
  };
  Open();
  for (int i = 0; i < 5; ++i) Vote(Create().run->id, Everybody());
  Close();
  std::vector<std::int64_t> expected(10);
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<std::int64_t>(i) + 1;
  EXPECT_EQ(positions, expected);
}

}  // namespace
}  // namespace gatewright::testing
