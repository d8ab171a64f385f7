#include "plugins/host/instance.h"

#include <algorithm>
#include <string>

#include "plugins/host/text.h"

namespace gatewright::host {

Result<std::shared_ptr<Instance>> Instance::Create(std::shared_ptr<const Environment> environment,
                                                   std::shared_ptr<const LoadedOffer> offer,
                                                   std::string_view config_json) {
  HostCall call(*environment, *offer, environment->create_limit);
  void* made = nullptr;
  gw_status status = GW_INTERNAL;
  try {
    status = offer->table.create(Borrow(config_json), call.raw(), &made);
  } catch (...) {
    return call.Failure(ErrorCode::kInternal,
                        "broke its contract: an exception crossed the C boundary of create()");
  }
  GW_CHECK(call.TakeNothing(status));
  return std::make_shared<Instance>(std::move(environment), std::move(offer), made);
}

Instance::Instance(std::shared_ptr<const Environment> environment,
                   std::shared_ptr<const LoadedOffer> offer, void* instance)
    : environment_(std::move(environment)), offer_(std::move(offer)), instance_(instance) {}

Instance::~Instance() {
  try {
    offer_->table.destroy(instance_);
  } catch (...) {
    environment_->log(LogSeverity::kError, offer_->offer.name,
                      "broke its contract: an exception crossed the C boundary of destroy()");
  }
}

Result<void> Instance::TakeTurn(const HostCall& call) {
  if (offer_->is_concurrent()) return {};
  // Nobody wakes us when a call is cancelled, so that is looked at from time to time.
  constexpr auto kLook = std::chrono::milliseconds{50};
  std::unique_lock lock(mutex_);
  while (is_busy_) {
    if (call.is_cancelled()) {
      return call.Failure(ErrorCode::kCancelled, "was cancelled before its turn came");
    }
    if (call.is_late()) {
      return call.Failure(ErrorCode::kTimeout,
                          "was busy with another call until the deadline; an offer that can do "
                          "several at once says so (GW_CONCURRENT)");
    }
    turn_is_free_.wait_until(lock, std::min(call.deadline(), HostCall::Clock::now() + kLook));
  }
  is_busy_ = true;
  return {};
}

void Instance::GiveTurnBack() {
  if (offer_->is_concurrent()) return;
  {
    const std::lock_guard lock(mutex_);
    is_busy_ = false;
  }
  turn_is_free_.notify_one();
}

}  // namespace gatewright::host
