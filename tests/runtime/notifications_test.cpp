// tests/runtime/notifications_test.cpp: what is told, when it is tried again, and who waits for
// whom.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>

#include "engine/runtime/retry_times.h"
#include "tests/runtime/engine_fixture.h"

namespace gatewright::testing {
namespace {

using ports::DeliveryRow;
using ports::DeliveryState;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RetryTimes, AreThoseOfStandardWebhooks) {
  std::vector<std::int64_t> waits;
  for (std::int64_t tries = 0; auto wait = runtime::WaitAfter(tries, 0, Duration{0}); ++tries) {
    waits.push_back(std::chrono::duration_cast<seconds>(*wait).count());
  }
  EXPECT_THAT(waits, ElementsAre(0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400));
  EXPECT_EQ(runtime::WaitAfter(1, 0.5, Duration{0}), std::chrono::milliseconds{5'250});
  EXPECT_EQ(runtime::WaitAfter(1, 0.5, minutes{2}), minutes{2});
  EXPECT_EQ(runtime::WaitAfter(3, 0, minutes{2}), minutes{30});
  EXPECT_FALSE(runtime::WaitAfter(10, 0, minutes{2}).has_value());
}

TEST(RetryTimes, AReceiverInTroubleIsLeftAloneLongerAndLonger) {
  EXPECT_EQ(runtime::PauseAfter(0, Duration{0}), Duration{0});
  EXPECT_EQ(runtime::PauseAfter(1, Duration{0}), seconds{5});
  EXPECT_EQ(runtime::PauseAfter(3, Duration{0}), seconds{20});
  EXPECT_EQ(runtime::PauseAfter(30, Duration{0}), minutes{5});
  EXPECT_EQ(runtime::PauseAfter(1, minutes{7}), minutes{7});
}

class Notifications : public EngineTest {
 protected:
  // Told in the order of the calls, as "<config> <id> <type>".
  std::vector<std::string> Told() {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  void SetUp() override {
    EngineTest::SetUp();
    plugins_.deliver = [this](std::string_view config, std::string_view id, std::string_view type,
                              std::string_view, ports::DeliveryAdvice& advice) {
      {
        const std::lock_guard lock(mutex_);
        told_.push_back(fmt::format("{} {} {}", config, id, type));
      }
      return answer ? answer(config, advice) : Result<void>();
    };
  }
  static core::Workflow Telling(std::vector<std::string> configs) {
    core::Workflow workflow = Deployment();
    for (std::string& config : configs) {
      workflow.notify.push_back({{"scripted", std::move(config)}, {"gate.opened"}});
    }
    return workflow;
  }
  // The delivery once it is as wanted, or as it is after ten seconds of real time.
  DeliveryRow Delivery(std::int64_t id, const std::function<bool(const DeliveryRow&)>& is_wanted) {
    for (int i = 0; i < 2'000; ++i) {
      const auto found = engine_->FindDelivery(id);
      if (found && *found && is_wanted(**found)) return **found;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ADD_FAILURE() << "delivery " << id << " did not become as wanted";
    const auto found = engine_->FindDelivery(id);
    return found && *found ? **found : DeliveryRow{};
  }
  DeliveryRow DeliveryIn(std::int64_t id, DeliveryState state) {
    return Delivery(id, [state](const DeliveryRow& row) { return row.state == state; });
  }
  DeliveryRow DeliveryAfter(std::int64_t id, std::int64_t tries) {
    return Delivery(id, [tries](const DeliveryRow& row) { return row.tries == tries; });
  }
  void UntilTold(std::size_t count) {
    for (int i = 0; i < 2'000 && Told().size() < count; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    EXPECT_GE(Told().size(), count);
  }

  static Result<void> Down() { return Error{ErrorCode::kUnavailable, "down"}; }

  std::function<Result<void>(std::string_view config, ports::DeliveryAdvice& advice)> answer;
  std::mutex mutex_;
  std::vector<std::string> told_;
};

TEST_F(Notifications, ANotifierHearsWhatItAskedForWithAStableId) {
  Open(Telling({"a"}));
  const RunId run = Create().run->id;
  const DeliveryRow row = DeliveryIn(1, DeliveryState::kDelivered);
  EXPECT_THAT(Told(), ElementsAre("a 1-1 gate.opened"));
  EXPECT_EQ(row.event, "1-1");
  EXPECT_EQ(row.topic, "gate.opened");
  EXPECT_EQ(row.run, run);
  EXPECT_EQ(row.notifier, "scripted");
  EXPECT_EQ(row.tries, 1);
  EXPECT_EQ(row.problem, "");
}

TEST_F(Notifications, WhatADownNotifierMissedIsDeliveredLaterAlsoOverARestart) {
  answer = [](auto, auto&) { return Down(); };
  Open(Telling({"a"}));
  const RunId run = Create().run->id;
  const DeliveryRow row = DeliveryAfter(1, 1);
  EXPECT_EQ(row.state, DeliveryState::kPending);
  EXPECT_EQ(row.problem, "down");
  EXPECT_GE(row.due, clock_.Now() + seconds{5});
  EXPECT_EQ((*engine_->GetRun(run))->state, "requested");
  Restart();
  answer = {};
  clock_.Advance(minutes{1});
  EXPECT_EQ(DeliveryIn(1, DeliveryState::kDelivered).tries, 2);
  EXPECT_THAT(Told(), ElementsAre("a 1-1 gate.opened", "a 1-1 gate.opened"));
}

TEST_F(Notifications, IsGivenUpAfterTheLastTry) {
  answer = [](auto, auto&) { return Down(); };
  Open(Telling({"a"}));
  Create();
  for (std::int64_t tries = 1; tries < runtime::kMostTries; ++tries) {
    DeliveryAfter(1, tries);
    clock_.Advance(hours{30});
  }
  EXPECT_EQ(DeliveryIn(1, DeliveryState::kFailed).tries, runtime::kMostTries);
}

TEST_F(Notifications, WhatAReceiverRefusesIsNotTriedAgain) {
  answer = [](auto, auto&) -> Result<void> { return Error{ErrorCode::kInvalid, "found 404"}; };
  Open(Telling({"a"}));
  Create();
  const DeliveryRow row = DeliveryIn(1, DeliveryState::kFailed);
  EXPECT_EQ(row.tries, 1);
  EXPECT_EQ(row.problem, "found 404");
}

TEST_F(Notifications, AReceiverMaySayFromWhenOn) {
  answer = [](auto, auto& advice) {
    advice.retry_after = minutes{7};
    return Down();
  };
  Open(Telling({"a"}));
  Create();
  EXPECT_EQ(DeliveryAfter(1, 1).due, clock_.Now() + minutes{7});
  // Nothing else is sent there before that either.
  Create();
  EXPECT_EQ(Delivery(2, [](const auto& row) { return row.id == 2; }).tries, 0);
  answer = {};
  clock_.Advance(minutes{8});
  DeliveryIn(1, DeliveryState::kDelivered);
  DeliveryIn(2, DeliveryState::kDelivered);
}

TEST_F(Notifications, AReceiverThatIsGoneIsToldNothingMoreUntilAReplayGetsThrough) {
  answer = [](std::string_view config, auto& advice) -> Result<void> {
    if (config != "gone") return {};
    advice.is_gone = true;
    return Error{ErrorCode::kInvalid, "found 410"};
  };
  Open(Telling({"gone", "here"}));
  Create();
  EXPECT_EQ(DeliveryIn(1, DeliveryState::kDisabled).problem, "found 410");
  DeliveryIn(2, DeliveryState::kDelivered);
  Restart();
  Create();
  const DeliveryRow row = DeliveryIn(3, DeliveryState::kDisabled);
  EXPECT_EQ(row.tries, 0);
  EXPECT_EQ(row.problem, "found 410");
  DeliveryIn(4, DeliveryState::kDelivered);

  answer = {};
  ASSERT_TRUE(*engine_->ReplayDelivery(3));
  DeliveryIn(3, DeliveryState::kDelivered);
  Restart();
  Create();
  DeliveryIn(5, DeliveryState::kDelivered);
}

TEST_F(Notifications, AReplaySaysTheSameAgain) {
  Open(Telling({"a"}));
  Create();
  DeliveryIn(1, DeliveryState::kDelivered);
  const auto replayed = engine_->ReplayDelivery(1);
  ASSERT_TRUE(replayed && *replayed);
  EXPECT_EQ((*replayed)->state, DeliveryState::kPending);
  UntilTold(2);
  EXPECT_THAT(Told(), ElementsAre("a 1-1 gate.opened", "a 1-1 gate.opened"));
  EXPECT_FALSE(engine_->ReplayDelivery(99)->has_value());
}

TEST_F(Notifications, OneThatHangsHoldsUpNobodyElse) {
  std::condition_variable let_go;
  bool is_let_go = false;
  answer = [&](std::string_view config, auto&) -> Result<void> {
    if (config != "hangs") return {};
    std::unique_lock lock(mutex_);
    let_go.wait(lock, [&] { return is_let_go; });
    return Error{ErrorCode::kTimeout, "too late"};
  };
  Open(Telling({"hangs", "healthy"}));
  for (int i = 0; i < 20; ++i) Create();
  for (std::int64_t id = 2; id <= 40; id += 2) DeliveryIn(id, DeliveryState::kDelivered);
  EXPECT_EQ(std::ranges::count_if(Told(), [](const auto& one) { return one[1] == 'a'; }), 1);
  {
    const std::lock_guard lock(mutex_);
    is_let_go = true;
  }
  let_go.notify_all();
  EXPECT_EQ(DeliveryAfter(1, 1).problem, "too late");
}

TEST_F(Notifications, OneRunsEventsComeInTheirOrder) {
  core::Workflow workflow = Deployment();
  workflow.notify = {{{"scripted", "a"}, {"gate.opened", "gate.satisfied", "run.created"}}};
  Open(workflow);
  const RunId run = Create().run->id;
  Vote(run, Everybody());
  Vote(run, Everybody());
  UntilTold(6);
  EXPECT_THAT(Told(), ElementsAre("a 1-0 run.created", "a 1-1 gate.opened",
                                  HasSubstr("gate.satisfied"), HasSubstr("gate.opened"),
                                  HasSubstr("gate.satisfied"), HasSubstr("gate.opened")));
}

TEST_F(Notifications, MoreThanMemoryHoldsIsToldAllTheSame) {
  std::atomic<bool> is_down{true};
  answer = [&](auto, auto&) { return is_down ? Down() : Result<void>(); };
  Open(Telling({"a"}));
  constexpr std::int64_t kRuns = 300;
  for (std::int64_t i = 0; i < kRuns; ++i) Create();
  DeliveryAfter(1, 1);
  is_down = false;
  clock_.Advance(minutes{10});
  for (std::int64_t id = 1; id <= kRuns; ++id) DeliveryIn(id, DeliveryState::kDelivered);
}

TEST_F(Notifications, SecretsStandInNoRow) {
  options_.read_secret = [](const codec::SecretReference&) { return Result<std::string>("hunter2"); };
  answer = [](auto, auto&) -> Result<void> {
    return Error{ErrorCode::kInvalid, "no answer from https://x/hunter2"};
  };
  Open(Telling({R"({"url":{"secret":{"env":"URL"}}})"}));
  Create();
  EXPECT_EQ(DeliveryIn(1, DeliveryState::kFailed).problem, "no answer from https://x/[secret]");
}

}  // namespace
}  // namespace gatewright::testing
