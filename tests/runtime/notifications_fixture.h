// tests/runtime/notifications_fixture.h: an engine whose notifiers keep what they are told and
// answer what a test says.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/runtime/engine_fixture.h"

namespace gatewright::testing {

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
  ports::DeliveryRow Delivery(std::int64_t id,
                              const std::function<bool(const ports::DeliveryRow&)>& is_wanted) {
    for (int i = 0; i < 2'000; ++i) {
      const auto found = engine_->FindDelivery(id);
      if (found && *found && is_wanted(**found)) return **found;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ADD_FAILURE() << "delivery " << id << " did not become as wanted";
    const auto found = engine_->FindDelivery(id);
    return found && *found ? **found : ports::DeliveryRow{};
  }
  ports::DeliveryRow DeliveryIn(std::int64_t id, ports::DeliveryState state) {
    return Delivery(id, [state](const ports::DeliveryRow& row) { return row.state == state; });
  }
  ports::DeliveryRow DeliveryAfter(std::int64_t id, std::int64_t tries) {
    return Delivery(id, [tries](const ports::DeliveryRow& row) { return row.tries == tries; });
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

}  // namespace gatewright::testing
