#include "server/http/out_queue.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <utility>

namespace gatewright::http {
namespace {

constexpr std::size_t kMaxGather = 64;               // buffers per system call
constexpr std::size_t kMaxTextSegment = 64 * 1024;   // then a new one is begun
constexpr std::size_t kMaxPooledBuffer = 32 * 1024;  // larger ones are freed
constexpr std::size_t kMaxPooled = 64;
constexpr std::size_t kMaxIdleSegments = 8;

}  // namespace

std::string BufferPool::Take() {
  if (spare_.empty()) return {};
  std::string buffer = std::move(spare_.back());
  spare_.pop_back();
  return buffer;
}

void BufferPool::Return(std::string buffer) {
  if (spare_.size() >= kMaxPooled || buffer.capacity() > kMaxPooledBuffer) return;
  buffer.clear();
  spare_.push_back(std::move(buffer));
}

void OutQueue::Append(std::string_view text, BufferPool& pool) {
  if (text.empty()) return;
  const bool has_open_text = segments_.size() > first_ && !segments_.back().shared &&
                             segments_.back().text.size() + text.size() <= kMaxTextSegment;
  if (!has_open_text) segments_.push_back({pool.Take(), nullptr});
  segments_.back().text.append(text);
  bytes_ += text.size();
}

void OutQueue::AppendOwned(std::string body) {
  if (body.empty()) return;
  bytes_ += body.size();
  segments_.push_back({std::move(body), nullptr});
}

void OutQueue::AppendShared(std::shared_ptr<const std::string> body) {
  if (body->empty()) return;
  bytes_ += body->size();
  segments_.push_back({{}, std::move(body)});
}

OutQueue::Flushed OutQueue::Flush(int fd, BufferPool& pool) {
  while (bytes_ > 0) {
    iovec parts[kMaxGather];
    std::size_t count = 0;
    for (std::size_t i = first_; i < segments_.size() && count < kMaxGather; ++i, ++count) {
      const std::string& data = segments_[i].data();
      const std::size_t skip = i == first_ ? offset_ : 0;
      parts[count].iov_base = const_cast<char*>(data.data() + skip);
      parts[count].iov_len = data.size() - skip;
    }
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == EWOULDBLOCK ? Flushed::kBlocked : Flushed::kFailed;
    }
    Drop(static_cast<std::size_t>(sent), pool);
  }
  return Flushed::kAll;
}

void OutQueue::Drop(std::size_t sent, BufferPool& pool) {
  bytes_ -= sent;
  while (sent > 0) {
    Segment& segment = segments_[first_];
    const std::size_t left = segment.data().size() - offset_;
    if (sent < left) {
      offset_ += sent;
      break;
    }
    sent -= left;
    offset_ = 0;
    if (!segment.shared) pool.Return(std::move(segment.text));
    segment = Segment{};
    ++first_;
  }
  if (first_ == segments_.size()) {
    if (segments_.capacity() > kMaxIdleSegments) {
      std::vector<Segment>().swap(segments_);
    } else {
      segments_.clear();
    }
    first_ = 0;
  } else if (first_ > kMaxGather && first_ * 2 > segments_.size()) {
    segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

}  // namespace gatewright::http
