// tests/runtime/outside_test.cpp: attempts that hold no thread: work that goes on outside, and
// attempts that wait for a worker.
#include <gmock/gmock.h>

#include <mutex>
#include <thread>

#include "tests/runtime/engine_fixture.h"

namespace gatewright::testing {
namespace {

using core::AttemptState;
using core::RunStatus;
using ports::AttemptOutcome;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Report = Result<ports::AttemptReport>;

Report Running(Duration ask_after, std::string handle = "") {
  return ports::AttemptReport{AttemptOutcome::kRunning, "goes on", "", ask_after,
                              std::move(handle)};
}
Report Succeeded() { return ports::AttemptReport{AttemptOutcome::kSucceeded, "done", ""}; }

class OutsideTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    plugins_.offer.can_probe = true;
    plugins_.start = [](const auto&, auto&, const auto&) { return Running(seconds{5}, "job 7"); };
    plugins_.probe = [this](const ports::AttemptRequest& request, ports::AttemptSink& sink) {
      const std::lock_guard lock(mutex_);
      handles_.emplace_back(request.handle);
      sink.Output("asked\n");
      return answer_;
    };
  }

  void Answer(Report answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  std::vector<std::string> handles() {
    const std::lock_guard lock(mutex_);
    return handles_;
  }
  void UntilAsked(std::size_t times) {
    for (int i = 0; i < 2'000 && handles().size() < times; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ASSERT_GE(handles().size(), times);
  }
  RunId HandedOver() {
    const RunId run = Executing();
    Until(run, [](const core::Run& now) { return now.attempts.at(0).is_handed_over; });
    return run;
  }
  void Cancel(RunId run) {
    Await([&](runtime::Answer answer) {
      engine_->Cancel({Everybody(), run, "wrong version", {}, {}}, std::move(answer));
    });
  }
  std::string OutputOf(RunId run) { return *store_->ReadOutput(run, AttemptNumber{1}, 0, 1'000); }

  std::mutex mutex_;
  Report answer_ = Running(seconds{5});
  std::vector<std::string> handles_;
};

TEST_F(OutsideTest, IsAskedWithItsHandleUntilItHasEnded) {
  Open();
  const RunId run = HandedOver();
  EXPECT_EQ(engine_->stats().outside_attempts, 1u);
  EXPECT_EQ(engine_->stats().running_attempts, 0u);
  clock_.Advance(seconds{5});
  UntilAsked(1);
  Answer(Succeeded());
  clock_.Advance(seconds{5});
  UntilStatus(run, RunStatus::kSucceeded);
  EXPECT_THAT(handles(), ElementsAre("job 7", "job 7"));
  EXPECT_EQ(engine_->stats().outside_attempts, 0u);
  EXPECT_EQ(OutputOf(run), "asked\nasked\n");
}

TEST_F(OutsideTest, GoesOnOverARestartBehindTheOutputThatIsThere) {
  Open();
  const RunId run = HandedOver();
  clock_.Advance(seconds{5});
  UntilAsked(1);
  for (int i = 0; i < 2'000 && OutputOf(run).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  Restart();
  UntilAsked(2);
  EXPECT_EQ((*engine_->GetRun(run))->status, RunStatus::kExecuting);
  Answer(Succeeded());
  clock_.Advance(seconds{5});
  UntilStatus(run, RunStatus::kSucceeded);
  EXPECT_EQ(handles().back(), "job 7");
  EXPECT_EQ(OutputOf(run), "asked\nasked\nasked\n");
}

TEST_F(OutsideTest, ANewHandleTakesThePlaceOfTheOld) {
  Open();
  const RunId run = HandedOver();
  Answer(Running(seconds{5}, "job 8"));
  clock_.Advance(seconds{5});
  Until(run, [](const core::Run& now) { return now.attempts.at(0).handle == "job 8"; });
  clock_.Advance(seconds{5});
  UntilAsked(2);
  EXPECT_EQ(handles().back(), "job 8");
}

TEST_F(OutsideTest, WhoCannotBeReachedIsAskedAgain) {
  Open();
  const RunId run = HandedOver();
  Answer(Error{ErrorCode::kUnavailable, "down"});
  clock_.Advance(seconds{5});
  UntilAsked(1);
  Answer(Succeeded());
  clock_.Advance(seconds{10});
  UntilStatus(run, RunStatus::kSucceeded);
}

TEST_F(OutsideTest, AtItsDeadlineItIsToldToStopAndCountsAsTimedOut) {
  plugins_.offer.can_stop = true;
  std::atomic<int> stops{0};
  plugins_.stop = [&](const auto&) {
    ++stops;
    return Running(seconds{5});
  };
  Open();
  const RunId run = HandedOver();
  clock_.Advance(std::chrono::minutes{15});
  const core::Run after = UntilStatus(run, RunStatus::kFailed);
  EXPECT_EQ(after.attempts.at(0).state, AttemptState::kTimedOut);
  EXPECT_EQ(stops, 1);
}

TEST_F(OutsideTest, ACancelEndsItWhereItsExecutorCan) {
  plugins_.offer.can_stop = true;
  plugins_.stop = [](const ports::AttemptRequest& request) -> Report {
    return ports::AttemptReport{AttemptOutcome::kFailedPermanent,
                                "ended " + std::string(request.handle), ""};
  };
  Open();
  const RunId run = HandedOver();
  Cancel(run);
  EXPECT_EQ(UntilStatus(run, RunStatus::kCancelled).finish_reason, "ended job 7");
}

TEST_F(OutsideTest, ACancelThatNobodyConfirmsLeavesAnIncident) {
  plugins_.offer.can_probe = false;
  Open();
  const RunId run = HandedOver();
  Cancel(run);
  const core::Run after = UntilStatus(run, RunStatus::kNeedsAttention);
  EXPECT_THAT(after.attempts.at(0).summary, HasSubstr("asked to stop"));
}

// 8 workers, and none of them is held.
TEST_F(OutsideTest, ManyAtOnceNeedNoWorker) {
  Open();
  std::vector<RunId> runs;
  for (int i = 0; i < 50; ++i) runs.push_back(HandedOver());
  EXPECT_EQ(engine_->stats().outside_attempts, 50u);
  Answer(Succeeded());
  clock_.Advance(seconds{5});
  for (const RunId run : runs) UntilStatus(run, RunStatus::kSucceeded);
}

class WorkerTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    options_.attempt_workers = 2;
    plugins_.start = [this](const auto&, auto&, const auto& cancelled) -> Report {
      ++called_;
      while (!may_end_ && !cancelled) std::this_thread::sleep_for(std::chrono::milliseconds{1});
      if (cancelled) return Error{ErrorCode::kCancelled, "stopped"};
      return Succeeded();
    };
  }
  std::vector<RunId> FiveRuns() {
    std::vector<RunId> runs;
    for (int i = 0; i < 5; ++i) runs.push_back(Executing());
    return runs;
  }
  Position WhenStarted(RunId run) {
    for (const ports::Entry& entry : *engine_->History(run)) {
      if (entry.events_json.find("AttemptStarted") != std::string::npos) return entry.position;
    }
    return Position{0};
  }
  AttemptState StateOf(RunId run) { return (*engine_->GetRun(run))->attempts.at(0).state; }

  std::atomic<bool> may_end_{false};
  std::atomic<int> called_{0};
};

TEST_F(WorkerTest, WhatHasNoneIsPlannedAndStartsInOrder) {
  Open();
  const auto runs = FiveRuns();
  EXPECT_EQ(StateOf(runs[1]), AttemptState::kStarted);
  EXPECT_EQ(StateOf(runs[2]), AttemptState::kPlanned);
  EXPECT_EQ(engine_->stats().waiting_attempts, 3u);
  may_end_ = true;
  for (const RunId run : runs) UntilStatus(run, RunStatus::kSucceeded);
  EXPECT_EQ(called_, 5);
  EXPECT_LT(WhenStarted(runs[2]), WhenStarted(runs[3]));
  EXPECT_LT(WhenStarted(runs[3]), WhenStarted(runs[4]));
}

// The two that were being called are nobody's fault; the three that were not just begin.
TEST_F(WorkerTest, ACrashLeavesNoDoubtAboutWhatWasNeverCalled) {
  Open();
  const auto runs = FiveRuns();
  Close(Duration{0});
  may_end_ = true;
  Open(workflow_);
  for (const int i : {0, 1})
    UntilStatus(runs[static_cast<std::size_t>(i)], RunStatus::kNeedsAttention);
  for (const int i : {2, 3, 4})
    UntilStatus(runs[static_cast<std::size_t>(i)], RunStatus::kSucceeded);
}

TEST_F(WorkerTest, ACancelledOneGivesItsPlaceInLineToTheNext) {
  Open();
  const auto runs = FiveRuns();
  Await([&](runtime::Answer answer) {
    engine_->Cancel({Everybody(), runs[2], "never mind", {}, {}}, std::move(answer));
  });
  may_end_ = true;
  for (const std::size_t i : {0u, 1u, 3u, 4u}) UntilStatus(runs[i], RunStatus::kSucceeded);
  EXPECT_EQ((*engine_->GetRun(runs[2]))->status, RunStatus::kCancelled);
  EXPECT_EQ(called_, 4);
}

TEST_F(WorkerTest, OneThatGivesNoSignOfLifeIsStopped) {
  workflow_ = Deployment();
  workflow_.stages[2].action->heartbeat = seconds{30};
  Open(workflow_);
  const RunId run = Executing();
  for (int i = 0; i < 2'000 && called_ == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  clock_.Advance(seconds{31});
  const core::Run after = UntilStatus(run, RunStatus::kFailed);
  EXPECT_EQ(after.attempts.at(0).state, AttemptState::kTimedOut);
  EXPECT_THAT(after.finish_reason, HasSubstr("no sign of life for 30s"));
}

}  // namespace
}  // namespace gatewright::testing
