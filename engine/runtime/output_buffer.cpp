#include "engine/runtime/output_buffer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatewright::runtime {
namespace {

constexpr std::size_t kChunk = 64 << 10;
constexpr auto kFlushEvery = std::chrono::milliseconds{250};

}  // namespace

void OutputBuffer::Output(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  const auto kept = handed_over_ + static_cast<std::int64_t>(pending_.size());
  const auto room = static_cast<std::size_t>(std::max<std::int64_t>(limit_ - kept, 0));
  dropped_ += static_cast<std::int64_t>(bytes.size() - std::min(room, bytes.size()));
  pending_.append(bytes.substr(0, room));
  const bool is_due = std::chrono::steady_clock::now() - last_flush_ >= kFlushEvery;
  if (pending_.size() >= kChunk || (is_due && !pending_.empty())) FlushLocked();
}

void OutputBuffer::Progress(int, std::string_view) {}

void OutputBuffer::Finish() {
  const std::lock_guard lock(mutex_);
  if (dropped_ > 0) {
    pending_ += fmt::format("\n[{} more bytes of output were not kept: the limit is {}]\n",
                            dropped_, limit_);
  }
  while (!pending_.empty()) FlushLocked();
}

void OutputBuffer::FlushLocked() {
  Job job;
  std::string chunk = pending_.substr(0, kChunk);
  const auto size = chunk.size();
  job.also.output.push_back({run_, number_, handed_over_, std::move(chunk)});
  last_flush_ = std::chrono::steady_clock::now();
  // Full or stopping: the output is lost, the attempt is not.
  if (loop_.Submit(std::move(job), true)) handed_over_ += static_cast<std::int64_t>(size);
  pending_.erase(0, size);
}

}  // namespace gatewright::runtime
