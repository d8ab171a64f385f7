// plugins/host/counted.h: ports that count their calls and the time these take, wherever the plugin
// is called. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include "engine/ports/plugins.h"

namespace gatewright::host {

class CallCounts {
 public:
  using Clock = std::chrono::steady_clock;

  // `error` null: the call ended as it should.
  void Add(const Error* error, Clock::time_point began);
  void CopyTo(ports::OfferUsage& usage) const;

 private:
  static constexpr std::size_t kEnds = 6;

  std::array<std::atomic<std::uint64_t>, kEnds> calls_{};
  std::atomic<std::uint64_t> nanoseconds_{0};
};

std::shared_ptr<ports::Approver> Counted(std::shared_ptr<ports::Approver> port,
                                         std::shared_ptr<CallCounts> counts);
std::shared_ptr<ports::Policy> Counted(std::shared_ptr<ports::Policy> port,
                                       std::shared_ptr<CallCounts> counts);
std::shared_ptr<ports::Executor> Counted(std::shared_ptr<ports::Executor> port,
                                         std::shared_ptr<CallCounts> counts);
std::shared_ptr<ports::Notifier> Counted(std::shared_ptr<ports::Notifier> port,
                                         std::shared_ptr<CallCounts> counts);

}  // namespace gatewright::host
