#include <gmock/gmock.h>

#include <thread>

#include "tests/runtime/engine_fixture.h"

namespace gatewright::testing {
namespace {

using core::RunStatus;
using runtime::Reply;
using runtime::ReplyKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Story : public EngineTest {};

TEST_F(Story, ThreeApprovalsExecuteADeployment) {
  Open();
  const Reply created = Create();
  ASSERT_EQ(created.kind, ReplyKind::kDone);
  const RunId run = created.run->id;
  EXPECT_EQ(created.run->state, "requested");
  EXPECT_EQ(Vote(run, Person("quinn", {"qa"})).run->state, "approved_by_QA");
  EXPECT_EQ(Vote(run, Person("dan", {"devops"})).run->state, "approved_by_devops");
  EXPECT_EQ(Vote(run, Person("dan", {"devops"})).run->state, "executing");
  EXPECT_EQ(UntilStatus(run, RunStatus::kSucceeded).state, "executed");
  EXPECT_EQ(plugins_.configs(), std::vector<std::string>{R"({"version":"1.2"})"});
  EXPECT_THAT(
      EventTypes(run),
      ElementsAre("RunCreated", "GateOpened", "VoteCast", "GateSatisfied", "StageDone",
                  "GateOpened", "VoteCast", "GateSatisfied", "StageDone", "GateOpened", "VoteCast",
                  "GateSatisfied", "AttemptStarted", "AttemptEnded", "StageDone", "RunFinished"));
}

TEST_F(Story, NothingIsLostByARestart) {
  Open();
  const RunId run = Create().run->id;
  Vote(run, Person("quinn", {"qa"}));
  const core::Run before = **engine_->GetRun(run);
  Restart();
  EXPECT_EQ(**engine_->GetRun(run), before);
  EXPECT_EQ(Vote(run, Person("dan", {"devops"})).run->state, "approved_by_devops");
  EXPECT_EQ(Create().run->id.value, run.value + 1);
}

TEST_F(Story, WhoIsNotEligibleIsToldWhy) {
  Open();
  const Reply refused = Vote(Create().run->id, Person("eve", {"sales"}));
  EXPECT_EQ(refused.kind, ReplyKind::kRefused);
  EXPECT_EQ(refused.refusal.code, core::RefusalCode::kNotEligible);
  EXPECT_THAT(refused.refusal.detail, HasSubstr("lacks role qa"));
}

TEST_F(Story, ASubjectWithoutWhatTheActionNeedsIsRefusedAtOnce) {
  Open();
  const Reply refused = Create("{}");
  ASSERT_EQ(refused.kind, ReplyKind::kInvalid);
  EXPECT_THAT(refused.problems.front().detail, HasSubstr("subject.version"));
}

TEST_F(Story, AnUnknownRunOrWorkflowIsNotFound) {
  Open();
  EXPECT_EQ(Vote(RunId{99}, Everybody()).refusal.code, core::RefusalCode::kNotFound);
  const Reply reply = Await([&](runtime::Answer answer) {
    runtime::CreateRequest request;
    request.actor = Everybody();
    request.workflow = WorkflowName{"nope"};
    request.name = "x";
    engine_->Create(std::move(request), std::move(answer));
  });
  EXPECT_EQ(reply.refusal.code, core::RefusalCode::kNotFound);
}

class Together : public EngineTest {};

TEST_F(Together, ABareApproveOfManyPassesEachStageOnce) {
  Open();
  const RunId run = Create().run->id;
  std::atomic<int> done{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 64; ++i) {
    clients.emplace_back(
        [&] { (Vote(run, Everybody()).kind == ReplyKind::kDone ? done : refused)++; });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(done, 3);
  EXPECT_EQ(refused, 61);
  EXPECT_EQ(UntilStatus(run, RunStatus::kSucceeded).version.value, 5);
}

TEST_F(Together, AQuorumOfTwoDecidesOnce) {
  core::Workflow workflow = Deployment();
  workflow.stages[0].gate = GateOf("qa", 2);
  Open(workflow);
  for (int round = 0; round < 20; ++round) {
    const RunId run = Create().run->id;
    std::vector<std::thread> clients;
    for (int i = 0; i < 12; ++i) {
      clients.emplace_back(
          [&, i] { Vote(run, Person("qa-" + std::to_string(i % 3), {"qa"}), StageName{"QA"}); });
    }
    for (std::thread& client : clients) client.join();
    const auto types = EventTypes(run);
    EXPECT_EQ(std::count(types.begin(), types.end(), "GateSatisfied"), 1);
    EXPECT_EQ((*engine_->GetRun(run))->state, "approved_by_QA");
  }
}

class Trouble : public EngineTest {};

TEST_F(Trouble, AFailedCommitChangesNothingAndIsSaid) {
  Open();
  const RunId run = Create().run->id;
  store_->FailWith(Error{ErrorCode::kUnavailable, "disk full"});
  const Reply failed = Vote(run, Everybody());
  EXPECT_EQ(failed.kind, ReplyKind::kFailed);
  EXPECT_TRUE(IsRetryable(failed.error));
  store_->FailWith(std::nullopt);
  EXPECT_EQ((*engine_->GetRun(run))->state, "requested");
  EXPECT_EQ(Vote(run, Everybody()).run->state, "approved_by_QA");
}

TEST_F(Trouble, AFullQueueRefusesWithoutDoingAnything) {
  options_.queue_limit = 4;
  Open();
  const RunId run = Create().run->id;
  store_->Hold();
  std::vector<std::future<Reply>> replies;
  int full = 0;
  for (int i = 0; i < 20; ++i) {
    auto promise = std::make_shared<std::promise<Reply>>();
    auto reply = promise->get_future();
    engine_->Cancel({Everybody(), RunId{run.value}, "enough", {}, {}},
                    [promise](Reply got) { promise->set_value(std::move(got)); });
    if (reply.wait_for(std::chrono::seconds{0}) == std::future_status::ready) {
      full += reply.get().error.code == ErrorCode::kUnavailable;
    } else {
      replies.push_back(std::move(reply));
    }
  }
  EXPECT_GT(full, 0);
  store_->LetGo();
  int done = 0;
  for (auto& reply : replies) done += reply.get().kind == ReplyKind::kDone;
  EXPECT_EQ(done, 1);
}

TEST_F(Trouble, AnAttemptsEndOutlivesAFullDisk) {
  std::atomic<bool> is_full{false};
  plugins_.start = [&](const auto&, auto&, const auto&) {
    store_->FailWith(Error{ErrorCode::kUnavailable, "disk full"});
    is_full = true;
    return ports::AttemptReport{ports::AttemptOutcome::kSucceeded, "done", ""};
  };
  Open();
  const RunId run = Executing();
  Until(run, [&](const core::Run&) { return is_full.load(); });
  store_->FailWith(std::nullopt);
  EXPECT_EQ(UntilStatus(run, RunStatus::kSucceeded).state, "executed");
}

class Repeats : public EngineTest {
 protected:
  static runtime::Idempotency Key(const std::string& key, const std::string& fingerprint) {
    return {key, fingerprint, [](const Reply& reply) {
              ports::AnswerRow answer;
              const bool is_open = reply.run && reply.run->status == RunStatus::kExecuting;
              answer.status = is_open ? 0 : reply.kind == ReplyKind::kDone ? 200 : 409;
              if (reply.run) answer.body = reply.run->state;
              return answer;
            }};
  }
};

TEST_F(Repeats, TheSameKeyGetsTheFirstAnswerAlsoAfterARestart) {
  Open();
  const RunId run = Create(R"({"version":"1"})", Key("k1", "f1")).run->id;
  Vote(run, Everybody());
  for (int i = 0; i < 2; ++i) {
    const Reply again = Create(R"({"version":"1"})", Key("k1", "f1"));
    EXPECT_EQ(again.kind, ReplyKind::kReplayed);
    EXPECT_EQ(again.stored.body, "requested");
    Restart();
  }
  EXPECT_EQ(engine_->ListRuns({})->rows.size(), 1u);
}

TEST_F(Repeats, TheSameKeyForAnotherRequestIsRefused) {
  Open();
  Create(R"({"version":"1"})", Key("k1", "f1"));
  const Reply other = Create(R"({"version":"2"})", Key("k1", "f2"));
  EXPECT_EQ(other.kind, ReplyKind::kFailed);
  EXPECT_EQ(other.error.code, ErrorCode::kInvalid);
}

TEST_F(Repeats, AnAnswerTheEngineDidNotLiveToKnowIsGivenToWhoeverAsksNext) {
  plugins_.start = [](const auto&, auto&, const auto& cancelled) -> Result<ports::AttemptReport> {
    while (!cancelled) std::this_thread::yield();
    return Error{ErrorCode::kCancelled, "stopped"};
  };
  workflow_ = Deployment();
  workflow_.stages[2].action->is_safe_to_rerun = true;
  Open(workflow_);
  const RunId run = Create().run->id;
  Vote(run, Everybody());
  Vote(run, Everybody());
  const auto approve = [&] {
    return Vote(run, Everybody(), std::nullopt, core::Choice::kApprove, Key("k3", "f3"));
  };
  EXPECT_EQ(approve().kind, ReplyKind::kDone);
  EXPECT_EQ(approve().error.code, ErrorCode::kConflict);  // still running
  Close(Duration{0});
  plugins_.start = [](const auto&, auto&, const auto&) {
    return ports::AttemptReport{ports::AttemptOutcome::kSucceeded, "done", ""};
  };
  Open(workflow_);
  UntilStatus(run, RunStatus::kSucceeded);
  const Reply adopted = approve();
  EXPECT_EQ(adopted.kind, ReplyKind::kDone);
  EXPECT_EQ(adopted.run->state, "executed");
  std::promise<void> completed;
  engine_->CompleteAnswer({"k3", "f3", 200, "executed", "", clock_.Now()},
                          [&](const Result<void>&) { completed.set_value(); });
  completed.get_future().wait();
  EXPECT_EQ(approve().stored.body, "executed");
}

}  // namespace
}  // namespace gatewright::testing
