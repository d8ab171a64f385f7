// gatewright/error.hpp: how a plugin's C++ code ends a call without an answer: it throws. The layer
// turns what is thrown into a status and a message; nothing crosses the C boundary.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

#include "gatewright/plugin.h"

namespace gatewright {
inline namespace sdk1 {

// Ends the call with this status. Anything else that is thrown ends it with GW_INTERNAL.
class CallError : public std::runtime_error {
 public:
  CallError(gw_status status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  gw_status status() const { return status_; }

 private:
  gw_status status_;
};

// The config asks for something impossible; trying again cannot help.
struct InvalidConfig : CallError {
  explicit InvalidConfig(const std::string& message) : CallError(GW_INVALID_ARGUMENT, message) {}
};

// Something this plugin needs is down; the engine may try again. Notifiers may say from when on.
struct Unavailable : CallError {
  explicit Unavailable(const std::string& message,
                       std::chrono::milliseconds not_before = std::chrono::milliseconds{0})
      : CallError(GW_UNAVAILABLE, message), retry_after(not_before) {}
  std::chrono::milliseconds retry_after;
};

// Notifiers only: the receiver wants no more of these, ever.
struct ReceiverGone : CallError {
  explicit ReceiverGone(const std::string& message) : CallError(GW_INVALID_ARGUMENT, message) {}
};

// The engine no longer wants the answer.
struct Cancelled : CallError {
  explicit Cancelled(const std::string& message) : CallError(GW_CANCELLED, message) {}
};
struct DeadlineExceeded : CallError {
  explicit DeadlineExceeded(const std::string& message)
      : CallError(GW_DEADLINE_EXCEEDED, message) {}
};

}  // namespace sdk1
}  // namespace gatewright
