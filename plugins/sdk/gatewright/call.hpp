// gatewright/call.hpp: what the host does for one call, as C++. Valid until that call returns;
// [thread-safe] while it lasts.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "gatewright/error.hpp"
#include "gatewright/plugin.h"

namespace gatewright {
inline namespace sdk1 {

using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;

inline gw_string Borrow(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view View(gw_string text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

class Call {
 public:
  explicit Call(const gw_call* raw) : raw_(raw) {}

  // How long the engine still waits; zero when it no longer does.
  std::chrono::milliseconds remaining() const {
    return std::chrono::milliseconds(raw_->remaining_ms(raw_));
  }
  bool is_cancelled() const { return raw_->is_cancelled(raw_) != 0; }

  // Throws when the engine no longer wants an answer. Call it in every loop.
  void Checkpoint() const {
    if (is_cancelled()) throw Cancelled("cancelled by the engine");
    if (raw_->remaining_ms(raw_) <= 0) throw DeadlineExceeded("the deadline passed");
  }

  TimePoint now() const { return TimePoint(std::chrono::microseconds(raw_->now_unix_us(raw_))); }

  void Debug(std::string_view message) const { Log(GW_DEBUG, message); }
  void Info(std::string_view message) const { Log(GW_INFO, message); }
  void Warning(std::string_view message) const { Log(GW_WARNING, message); }
  void Error(std::string_view message) const { Log(GW_ERROR, message); }
  void Log(gw_severity severity, std::string_view message) const {
    raw_->log(raw_, severity, Borrow(message));
  }

  // Executors only: what the attempt writes, any bytes; and how far it is, 0 to 100 or -1.
  void Output(std::string_view bytes) const { raw_->output(raw_, Borrow(bytes)); }
  void Progress(int percent, std::string_view text) const {
    raw_->progress(raw_, percent, Borrow(text));
  }

  // Null when this host has no such service.
  template <class Service>
  const Service* FindService(const char* id) const {
    return static_cast<const Service*>(raw_->get_service(raw_, id));
  }

  const gw_call* raw() const { return raw_; }

 private:
  const gw_call* raw_;
};

}  // namespace sdk1
}  // namespace gatewright
