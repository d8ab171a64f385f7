// plugins/host/child/frame.h: what goes over the socket between the server and a plugin's process:
// a length, a type, bytes. Blocking calls with a deadline; one thread per direction.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace gatewright::host {

enum class FrameType : std::uint8_t {
  // The server says:
  kMake = 1,  // instance, kind, name, config
  kCall,      // instance, function, limit, now, what it is asked
  kCancel,    // the call that runs should stop
  kForget,    // instance
  // The plugin's process says:
  kDescribed,  // once, at its start: what the library offers, or why it cannot be used
  kLog,        // severity, offer, line
  kOutput,     // bytes of an attempt
  kProgress,   // percent, text
  kDone,       // what came of kMake or kCall
};

struct Frame {
  FrameType type = FrameType::kDone;
  std::string payload;
};

// Both directions carry a subject or an output chunk at most; anything longer is a defect.
constexpr std::size_t kMaxFrame = 32 * 1024 * 1024;

class FrameSocket {
 public:
  using Clock = std::chrono::steady_clock;

  // Takes the descriptor over.
  explicit FrameSocket(int descriptor) : descriptor_(descriptor) {}
  ~FrameSocket();
  FrameSocket(const FrameSocket&) = delete;
  FrameSocket& operator=(const FrameSocket&) = delete;

  // kUnavailable = the other end is gone; kTimeout = it does not read; kCorrupt = no frame of ours.
  Result<void> Send(FrameType type, std::string_view payload, Clock::time_point until);
  // Nothing = `until` has passed; what was read of a frame by then is kept for the next call.
  Result<std::optional<Frame>> Receive(Clock::time_point until);

 private:
  std::optional<Frame> TakeWhole();
  bool is_hopeless() const;

  int descriptor_;
  std::string read_;  // bytes of frames that were not taken yet
};

}  // namespace gatewright::host
