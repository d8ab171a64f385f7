// plugins/host/instance.h: one instance that a plugin's create() made, and the only way into it.
// Thread-safe: callers take turns, unless the offer said that it is concurrent.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <variant>

#include "engine/base/result.h"
#include "plugins/host/descriptor.h"
#include "plugins/host/environment.h"
#include "plugins/host/host_call.h"

namespace gatewright::host {

class Instance {
 public:
  // Calls the plugin's create(). The config has been checked against the schema before.
  static Result<std::shared_ptr<Instance>> Create(std::shared_ptr<const Environment> environment,
                                                  std::shared_ptr<const LoadedOffer> offer,
                                                  std::string_view config_json);
  Instance(std::shared_ptr<const Environment> environment, std::shared_ptr<const LoadedOffer> offer,
           void* instance);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const Environment& environment() const { return *environment_; }
  const LoadedOffer& offer() const { return *offer_; }
  void* raw() const { return instance_; }

  template <class Functions>
  const Functions& functions() const {
    return std::get<Functions>(offer_->functions);
  }

  // Waits for its turn, at most until the call's deadline, then runs `body` (a call into the
  // plugin that returns a gw_status).
  template <class Body>
  Result<gw_status> Enter(HostCall& call, Body body) {
    GW_CHECK(TakeTurn(call));
    const TurnKeeper keeper{*this};
    try {
      return body();
    } catch (...) {
      return call.Failure(ErrorCode::kInternal,
                          "broke its contract: an exception crossed the C boundary");
    }
  }

 private:
  struct TurnKeeper {
    Instance& instance;
    ~TurnKeeper() { instance.GiveTurnBack(); }
  };

  Result<void> TakeTurn(const HostCall& call);
  void GiveTurnBack();

  std::shared_ptr<const Environment> environment_;
  std::shared_ptr<const LoadedOffer> offer_;
  void* instance_;

  std::mutex mutex_;
  std::condition_variable turn_is_free_;
  bool is_busy_ = false;  // guarded by mutex_; stays false when the offer is concurrent
};

}  // namespace gatewright::host
