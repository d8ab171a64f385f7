#include "engine/runtime/output_buffer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/error.h"

namespace gatewright::runtime {
namespace {

constexpr std::size_t kChunk = 64 << 10;
constexpr auto kFlushEvery = std::chrono::milliseconds{250};
constexpr auto kLongestLanding = std::chrono::seconds{2};

}  // namespace

OutputBuffer::OutputBuffer(RunId run, AttemptNumber number, std::int64_t limit, std::int64_t stored,
                           Around around)
    : run_(run),
      number_(number),
      around_(std::move(around)),
      kept_(std::max<std::int64_t>(0, limit - stored)),
      stored_(stored) {}

void OutputBuffer::Output(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (is_finished_ || is_lost_) return;
  kept_.Add(bytes);
  if (is_under_way_ || kept_.ready() == 0) return;
  const bool is_due = std::chrono::steady_clock::now() - last_flush_ >= kFlushEvery;
  if (kept_.ready() >= kChunk || is_due) {
    FlushLocked();
  } else {
    around_.wake();
  }
}

void OutputBuffer::Progress(int percent, std::string_view text) {
  const Time now = around_.clock.Now();
  const std::lock_guard lock(mutex_);
  progress_ = {number_, percent, std::string(text), now};
}

bool OutputBuffer::Finish() {
  std::unique_lock lock(mutex_);
  kept_.End();
  is_finished_ = true;
  // Usually one commit. A store in trouble must not hold a worker: then the rest comes later.
  landed_.wait_for(lock, kLongestLanding, [this] { return !is_under_way_; });
  FlushLocked();
  return is_under_way_ || !under_way_.empty();
}

void OutputBuffer::Flush() {
  const std::lock_guard lock(mutex_);
  FlushLocked();
}

// At most one job at a time: what could not be stored is tried again before anything after it.
void OutputBuffer::FlushLocked() {
  if (is_under_way_ || is_lost_) return;
  if (under_way_.empty()) under_way_ = kept_.Take();
  if (under_way_.empty()) return;
  Job job;
  for (std::size_t begin = 0; begin < under_way_.size(); begin += kChunk) {
    job.also.output.push_back({run_, number_, stored_ + static_cast<std::int64_t>(begin),
                               under_way_.substr(begin, kChunk)});
  }
  job.answer = [self = shared_from_this()](const Reply& reply) { self->Stored(reply); };
  last_flush_ = std::chrono::steady_clock::now();
  is_under_way_ = around_.loop.Submit(std::move(job), true);
  if (!is_under_way_) around_.wake();
}

void OutputBuffer::Stored(const Reply& reply) {
  bool is_over = false;
  {
    const std::lock_guard lock(mutex_);
    is_under_way_ = false;
    if (reply.kind == ReplyKind::kDone) {
      stored_ += static_cast<std::int64_t>(under_way_.size());
      under_way_.clear();
    } else if (!IsRetryable(reply.error)) {
      is_lost_ = true;
      under_way_.clear();
      around_.log.Error(fmt::format("run {}: the output of attempt {} is lost from byte {} on: {}",
                                    run_.value, number_.value, stored_, reply.error.message));
    }
    if (is_finished_ && reply.kind == ReplyKind::kDone) FlushLocked();
    const bool is_waiting = !under_way_.empty() || kept_.ready() > 0;
    is_over = is_finished_ && !is_under_way_ && (!is_waiting || is_lost_);
    if (is_waiting && !is_lost_) around_.wake();
  }
  landed_.notify_all();
  around_.stored(is_over);
}

std::optional<AttemptProgress> OutputBuffer::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

std::int64_t OutputBuffer::left_out() const {
  const std::lock_guard lock(mutex_);
  return kept_.left_out();
}

}  // namespace gatewright::runtime
