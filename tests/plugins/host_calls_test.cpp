// Calls into a good plugin: what it is told, and what becomes of its answers.
#include <gmock/gmock.h>

#include <algorithm>
#include <future>
#include <latch>
#include <thread>

#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

using ports::PluginKind;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class Calls : public testing::Test {
 protected:
  Calls() {
    folder_.Add(TEST_PLUGINS "/good/everything.so");
    PluginHostOptions options;
    options.folder = folder_.path();
    options.now = [] { return SomeContext().now; };
    options.log = [this](LogSeverity severity, std::string_view offer, std::string_view line) {
      log_(severity, offer, line);
      if (line == "inside") inside_.count_down();
    };
    host_ = MustLoad(std::move(options));
  }

  std::shared_ptr<ports::Policy> Voter(const std::string& config) {
    auto made = host_->MakePolicy("test.vote", config);
    EXPECT_TRUE(made) << made.error().message;
    return *std::move(made);
  }

  PluginFolder folder_;
  LogLines log_;
  std::latch inside_{1};
  std::unique_ptr<PluginHost> host_;
};

struct Sink final : ports::AttemptSink {
  void Output(std::string_view bytes) override { output += bytes; }
  void Progress(int percent, std::string_view text) override {
    progress += std::to_string(percent) + " " + std::string(text);
    started = true;
  }
  std::string output;
  std::string progress;
  std::atomic<bool> started{false};
};

TEST_F(Calls, ApproverIsToldEverythingAboutTheQuestion) {
  const auto approver = host_->MakeApprover("test.echo", "{}");
  core::Principal bob;
  bob.id = PrincipalId("bob");
  bob.roles = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "qa"};
  const auto answer = (*approver)->Check(SomeContext(), bob, kLimit);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->is_eligible);
  EXPECT_EQ(answer->reason,
            R"(42 3 deployment QA qa ann {"environment":"staging"} d1 bob qa - same-clock)");
}

TEST_F(Calls, EverybodyHoldsEveryRoleAndGroup) {
  const auto approver = host_->MakeApprover("test.echo", "{}");
  core::Principal everybody;
  everybody.is_everybody = true;
  const auto answer = (*approver)->Check(SomeContext(), everybody, kLimit);
  EXPECT_THAT(answer->reason, HasSubstr(" qa sre "));
}

TEST_F(Calls, ConfigIsCheckedAgainstTheSchemaBeforeThePluginSeesIt) {
  const auto problems =
      host_->CheckConfig(PluginKind::kPolicy, "test.vote", R"({"choice": "perhaps", "delay": 1})");
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_THAT((std::vector{problems[0].pointer, problems[1].pointer}), Contains("/choice"));

  const auto made = host_->MakePolicy("test.vote", R"({"choice": "perhaps"})");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(made.error().message, HasSubstr("policy 'test.vote': config: /choice: "));

  EXPECT_FALSE(host_->CheckConfig(PluginKind::kPolicy, "test.vote", "not JSON").empty());
  EXPECT_FALSE(host_->CheckConfig(PluginKind::kPolicy, "no-such-policy", "{}").empty());
}

TEST_F(Calls, PolicyVotesAreCopied) {
  const auto approve = Voter(R"({"choice": "approve", "evidence": "{\"runs\": 3}"})")
                           ->Evaluate(SomeContext(), kLimit);
  ASSERT_TRUE(approve) << approve.error().message;
  EXPECT_EQ(approve->choice, ports::PolicyChoice::kApprove);
  EXPECT_EQ(approve->reason, "yes");
  EXPECT_EQ(approve->evidence_json, R"({"runs": 3})");

  const auto wait =
      Voter(R"({"choice": "wait", "delay_ms": 250})")->Evaluate(SomeContext(), kLimit);
  EXPECT_EQ(wait->choice, ports::PolicyChoice::kWait);
  EXPECT_EQ(wait->ask_again_after, std::chrono::milliseconds{250});

  EXPECT_EQ(Voter(R"({"choice": "reject"})")->Evaluate(SomeContext(), kLimit)->choice,
            ports::PolicyChoice::kReject);
  EXPECT_EQ(Voter(R"({"choice": "abstain"})")->Evaluate(SomeContext(), kLimit)->choice,
            ports::PolicyChoice::kAbstain);
}

TEST_F(Calls, VoteWithoutReadableEvidenceOrDelayDoesNotCount) {
  const auto evidence =
      Voter(R"({"choice": "approve", "evidence": "[1]"})")->Evaluate(SomeContext(), kLimit);
  ASSERT_FALSE(evidence);
  EXPECT_EQ(evidence.error().code, ErrorCode::kInternal);
  EXPECT_THAT(evidence.error().message, HasSubstr("evidence: expected a JSON object"));

  const auto delay = Voter(R"({"choice": "wait", "delay_ms": 0})")->Evaluate(SomeContext(), kLimit);
  ASSERT_FALSE(delay);
  EXPECT_THAT(delay.error().message, HasSubstr("asked again after 1 to"));
}

TEST_F(Calls, WhatThePluginThrowsBecomesAnError) {
  const auto answer = Voter(R"({"choice": "fail"})")->Evaluate(SomeContext(), kLimit);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(answer.error().message, "policy 'test.vote' failed: the calendar is down");
}

TEST_F(Calls, NotifierDeliversOrSaysThatItMayBeTriedAgain) {
  const auto mail = host_->MakeNotifier("test.mail", "{}");
  EXPECT_TRUE((*mail)->Deliver("e1", "gate.opened", "{}", kLimit));
  EXPECT_THAT(log_.lines, ElementsAre("3 test.mail: delivered\\ne1"));

  const auto bounced = (*mail)->Deliver("e2", "bounce", "{}", kLimit);
  ASSERT_FALSE(bounced);
  EXPECT_TRUE(IsRetryable(bounced.error()));
}

TEST_F(Calls, AreCountedByHowTheyEnded) {
  const auto mail = host_->MakeNotifier("test.mail", "{}");
  ASSERT_TRUE((*mail)->Deliver("e1", "gate.opened", "{}", kLimit));
  ASSERT_TRUE((*mail)->Deliver("e2", "gate.opened", "{}", kLimit));
  ASSERT_FALSE((*mail)->Deliver("e3", "bounce", "{}", kLimit));
  const auto usage = host_->Usage();
  const auto found = std::ranges::find(usage.offers, "test.mail", &ports::OfferUsage::name);
  ASSERT_NE(found, usage.offers.end());
  using Ended = std::pair<std::string_view, std::uint64_t>;
  EXPECT_THAT(found->calls, Contains(Ended{"ok", 2}));
  EXPECT_THAT(found->calls, Contains(Ended{"unavailable", 1}));
  EXPECT_THAT(found->calls, Contains(Ended{"timeout", 0}));
  EXPECT_GT(found->seconds, 0);
  EXPECT_TRUE(usage.processes.empty());
}

TEST_F(Calls, NotifierSaysWhenToComeBackOrThatNobodyIsThereAnyMore) {
  const auto mail = host_->MakeNotifier("test.mail", "{}");
  ports::DeliveryAdvice advice;
  const auto busy = (*mail)->Deliver("e1", "busy", "{}", kLimit, &advice);
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().message, "notifier 'test.mail' failed: too much post");
  EXPECT_TRUE(IsRetryable(busy.error()));
  EXPECT_EQ(advice.retry_after, std::chrono::seconds{90});
  EXPECT_FALSE(advice.is_gone);

  const auto gone = (*mail)->Deliver("e2", "gone", "{}", kLimit, &advice);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(advice.is_gone);
}

TEST_F(Calls, CancelReachesAnExecutorThatWaits) {
  const auto executor = host_->MakeExecutor("test.patient", "{}");
  const std::string id = "a-1";
  ports::AttemptRequest request{SomeContext(), id, 1, 7};
  Sink sink;
  std::atomic<bool> cancelled{false};
  auto running = std::async(std::launch::async, [&] {
    return (*executor)->Start(request, sink, std::chrono::hours{1}, cancelled);
  });
  while (!sink.started) std::this_thread::yield();
  cancelled = true;
  const auto report = running.get();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(report.error().message, "executor 'test.patient' failed: told to stop");
  EXPECT_EQ(sink.output, "started a-1");
  EXPECT_EQ(sink.progress, "100 waiting");
}

TEST_F(Calls, DeadlineReachesAnExecutorThatWaits) {
  const auto executor = host_->MakeExecutor("test.patient", "{}");
  Sink sink;
  const std::atomic<bool> cancelled{false};
  const auto report =
      (*executor)->Start({SomeContext(), "a-1"}, sink, std::chrono::milliseconds{1}, cancelled);
  ASSERT_FALSE(report);
}

TEST_F(Calls, WhatGoesOnOutsideIsFoundAgainByItsHandle) {
  const ports::Offer* const offer = host_->Find(PluginKind::kExecutor, "test.relay");
  EXPECT_TRUE(offer->can_stop);
  const auto executor = host_->MakeExecutor("test.relay", "{}");
  ports::AttemptRequest request{SomeContext(), "a-1", 1, 7};
  request.context.callback_url = "http://here/1";
  Sink sink;
  const std::atomic<bool> cancelled{false};
  const auto started = (*executor)->Start(request, sink, kLimit, cancelled);
  ASSERT_TRUE(started);
  EXPECT_EQ(started->outcome, ports::AttemptOutcome::kRunning);
  EXPECT_EQ(started->ask_again_after, std::chrono::milliseconds{250});
  EXPECT_EQ(started->handle, "job of http://here/1");

  request.handle = started->handle;
  const auto probed = (*executor)->Probe(request, sink, kLimit);
  ASSERT_TRUE(probed);
  EXPECT_EQ(probed->outcome, ports::AttemptOutcome::kRunning);
  EXPECT_EQ(probed->ask_again_after, Duration{0});
  EXPECT_EQ(sink.output, "still job of http://here/1");
  const auto stopped = (*executor)->Stop(request, sink, kLimit);
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->summary, "ended job of http://here/1");
}

TEST_F(Calls, ExecutorTellsWhatBecameOfAnAttemptAndUndoesIt) {
  const ports::Offer* const offer = host_->Find(PluginKind::kExecutor, "test.patient");
  EXPECT_TRUE(offer->can_probe);
  EXPECT_TRUE(offer->can_rollback);
  const auto executor = host_->MakeExecutor("test.patient", "{}");
  Sink sink;
  const auto probed = (*executor)->Probe({SomeContext(), "a-1", 2, 7}, sink, kLimit);
  ASSERT_TRUE(probed);
  EXPECT_EQ(probed->outcome, ports::AttemptOutcome::kUnknown);
  EXPECT_EQ(probed->summary, "asked about a-1");

  const std::atomic<bool> cancelled{false};
  const auto undone = (*executor)->Rollback({SomeContext(), "a-1", 2, 7}, sink, kLimit, cancelled);
  ASSERT_TRUE(undone);
  EXPECT_EQ(undone->outcome, ports::AttemptOutcome::kSucceeded);
  EXPECT_EQ(undone->outputs_json, "");
  EXPECT_THAT(undone->summary, HasSubstr("undid attempt 2 (its outputs were dropped: "));
  EXPECT_EQ(sink.output, "undoing");
}

TEST_F(Calls, IntoAnInstanceThatIsNotConcurrentTakeTurns) {
  const auto approver = host_->MakeApprover("test.turns", "{}");
  std::vector<std::jthread> threads;
  std::atomic<int> alone{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const auto answer = (*approver)->Check(SomeContext(), {}, kLimit);
        if (answer && answer->reason == "1") ++alone;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(alone, 800);
}

TEST_F(Calls, ThatGetNoTurnBeforeTheirDeadlineTimeOut) {
  const auto approver = host_->MakeApprover("test.turns", R"({"hold": true})");
  auto first = std::async(std::launch::async, [&] {
    return (*approver)->Check(SomeContext(), {}, std::chrono::seconds{1});
  });
  inside_.wait();
  const auto second = (*approver)->Check(SomeContext(), {}, std::chrono::milliseconds{1});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(second.error().message, HasSubstr("was busy with another call"));
  const auto held = first.get();
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::kTimeout);
}

TEST_F(Calls, InstancesOutliveTheHost) {
  const auto approver = host_->MakeApprover("test.echo", "{}");
  host_.reset();
  EXPECT_TRUE((*approver)->Check(SomeContext(), {}, kLimit));
}

}  // namespace
}  // namespace gatewright::host
