#include "plugins/host/child/frame.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace gatewright::host {
namespace {

constexpr std::size_t kHead = sizeof(std::uint32_t) + 1;
constexpr std::size_t kChunk = 64 * 1024;

// Milliseconds for poll(), rounded up; -1 = for ever.
int WaitOf(FrameSocket::Clock::time_point until) {
  if (until == FrameSocket::Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - FrameSocket::Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

std::uint32_t SizeOf(std::string_view head) {
  std::uint32_t size = 0;
  std::memcpy(&size, head.data(), sizeof size);
  return size;
}

Error Gone() { return {ErrorCode::kUnavailable, "the plugin's process is gone"}; }

}  // namespace

FrameSocket::~FrameSocket() { close(descriptor_); }

Result<void> FrameSocket::Send(FrameType type, std::string_view payload, Clock::time_point until) {
  if (payload.size() > kMaxFrame) {
    return Error{
        ErrorCode::kInvalid,
        fmt::format("expected at most {} bytes for a plugin, found {}", kMaxFrame, payload.size())};
  }
  std::string bytes(kHead, '\0');
  const auto size = static_cast<std::uint32_t>(payload.size());
  std::memcpy(bytes.data(), &size, sizeof size);
  bytes[sizeof size] = static_cast<char>(type);
  bytes += payload;
  std::string_view left = bytes;
  while (!left.empty()) {
    const ssize_t sent = send(descriptor_, left.data(), left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      left.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) return Gone();
    pollfd wait{descriptor_, POLLOUT, 0};
    if (poll(&wait, 1, WaitOf(until)) == 0 && Clock::now() >= until) {
      return Error{ErrorCode::kTimeout, "the plugin's process does not read what it is asked"};
    }
  }
  return {};
}

std::optional<Frame> FrameSocket::TakeWhole() {
  if (read_.size() < kHead) return std::nullopt;
  const std::size_t size = SizeOf(read_);
  if (read_.size() < kHead + size) return std::nullopt;
  Frame frame{static_cast<FrameType>(read_[sizeof(std::uint32_t)]), read_.substr(kHead, size)};
  read_.erase(0, kHead + size);
  return frame;
}

bool FrameSocket::is_hopeless() const { return read_.size() >= kHead && SizeOf(read_) > kMaxFrame; }

Result<std::optional<Frame>> FrameSocket::Receive(Clock::time_point until) {
  std::array<char, kChunk> buffer;
  for (;;) {
    if (is_hopeless()) return Error{ErrorCode::kCorrupt, "the plugin's process sent no frame"};
    if (auto frame = TakeWhole()) return frame;
    const ssize_t got = recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
      read_.append(buffer.data(), static_cast<std::size_t>(got));
      continue;
    }
    if (got == 0) return Gone();
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return Gone();
    pollfd wait{descriptor_, POLLIN, 0};
    if (poll(&wait, 1, WaitOf(until)) == 0 && Clock::now() >= until) return std::optional<Frame>();
  }
}

}  // namespace gatewright::host
