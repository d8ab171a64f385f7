#include "plugins/host/place.h"

#include <fmt/format.h>

#include <utility>

namespace gatewright::host {
namespace {

class PlacedApprover final : public ports::Approver {
 public:
  explicit PlacedApprover(std::shared_ptr<PlaceOf<ports::Approver>> place)
      : place_(std::move(place)) {}
  Result<ports::Eligibility> Check(const ports::Context& context, const core::Principal& principal,
                                   Duration limit) override {
    const auto& instance = place_->instances.At(context.began);
    if (instance == nullptr) return WasRemoved(place_->kind, place_->name);
    return instance->Check(context, principal, limit);
  }

 private:
  std::shared_ptr<PlaceOf<ports::Approver>> place_;
};

class PlacedPolicy final : public ports::Policy {
 public:
  explicit PlacedPolicy(std::shared_ptr<PlaceOf<ports::Policy>> place) : place_(std::move(place)) {}
  Result<ports::PolicyVerdict> Evaluate(const ports::Context& context, Duration limit) override {
    const auto& instance = place_->instances.At(context.began);
    if (instance == nullptr) return WasRemoved(place_->kind, place_->name);
    return instance->Evaluate(context, limit);
  }

 private:
  std::shared_ptr<PlaceOf<ports::Policy>> place_;
};

class PlacedNotifier final : public ports::Notifier {
 public:
  explicit PlacedNotifier(std::shared_ptr<PlaceOf<ports::Notifier>> place)
      : place_(std::move(place)) {}
  Result<void> Deliver(std::string_view event_id, std::string_view event_type,
                       std::string_view event_json, Duration limit,
                       ports::DeliveryAdvice* advice) override {
    const auto& instance = place_->instances.newest();
    if (instance == nullptr) return WasRemoved(place_->kind, place_->name);
    return instance->Deliver(event_id, event_type, event_json, limit, advice);
  }

 private:
  std::shared_ptr<PlaceOf<ports::Notifier>> place_;
};

}  // namespace

std::shared_ptr<ports::Approver> AsPort(std::shared_ptr<PlaceOf<ports::Approver>> place) {
  return std::make_shared<PlacedApprover>(std::move(place));
}

std::shared_ptr<ports::Policy> AsPort(std::shared_ptr<PlaceOf<ports::Policy>> place) {
  return std::make_shared<PlacedPolicy>(std::move(place));
}

std::shared_ptr<ports::Notifier> AsPort(std::shared_ptr<PlaceOf<ports::Notifier>> place) {
  return std::make_shared<PlacedNotifier>(std::move(place));
}

Error WasRemoved(ports::PluginKind kind, std::string_view name) {
  return {ErrorCode::kUnavailable,
          fmt::format("the plugin that offers {} '{}' was removed from the plugins folder; this "
                      "waits until it is back",
                      ports::ToString(kind), name)};
}

}  // namespace gatewright::host
