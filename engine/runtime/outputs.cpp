#include "engine/runtime/outputs.h"

#include <pthread.h>

#include <chrono>

namespace gatewright::runtime {
namespace {

constexpr auto kGatherLines = std::chrono::milliseconds{250};
constexpr std::size_t kRemembered = 10'000;

}  // namespace

void Outputs::Start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "gw-outputs");
    Run();
  });
}

void Outputs::Stop() {
  {
    const std::lock_guard lock(wake_mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<OutputBuffer> Outputs::Open(RunId run, AttemptNumber number, std::int64_t stored) {
  const Key key{run, number};
  if (auto open = Find(key)) return open;
  OutputBuffer::Around around{loop_, clock_, log_, [this] { Wake(); },
                              [this, key](bool is_over) {
                                if (is_over) Forget(key);
                                if (listener_) listener_(key.first, key.second);
                              }};
  auto buffer = std::make_shared<OutputBuffer>(run, number, limit_, stored, std::move(around));
  const std::lock_guard lock(mutex_);
  open_[key] = buffer;
  return buffer;
}

void Outputs::Progress(RunId run, AttemptNumber number, std::int64_t stored, int percent,
                       std::string_view text) {
  Open(run, number, stored)->Progress(percent, text);
}

void Outputs::Finish(RunId run, AttemptNumber number) {
  const auto buffer = Find({run, number});
  if (buffer != nullptr && !buffer->Finish()) Forget({run, number});
}

OutputState Outputs::StateOf(RunId run, AttemptNumber number) const {
  if (const auto buffer = Find({run, number})) return {true, buffer->left_out()};
  const std::lock_guard lock(mutex_);
  const auto found = left_out_.find({run, number});
  return {false, found == left_out_.end() ? 0 : found->second};
}

std::vector<AttemptProgress> Outputs::ProgressOf(RunId run) const {
  std::vector<AttemptProgress> found;
  const std::lock_guard lock(mutex_);
  for (auto next = open_.lower_bound({run, AttemptNumber{0}});
       next != open_.end() && next->first.first == run; ++next) {
    if (auto progress = next->second->progress()) found.push_back(*std::move(progress));
  }
  return found;
}

void Outputs::Wake() {
  {
    const std::lock_guard lock(wake_mutex_);
    if (std::exchange(is_wanted_, true)) return;
  }
  wake_.notify_one();
}

void Outputs::Run() {
  std::unique_lock lock(wake_mutex_);
  while (true) {
    wake_.wait(lock, [this] { return is_stopping_ || is_wanted_; });
    // Lines that follow each other closely go together.
    wake_.wait_for(lock, kGatherLines, [this] { return is_stopping_; });
    if (is_stopping_) return;
    is_wanted_ = false;
    lock.unlock();
    std::vector<std::shared_ptr<OutputBuffer>> all;
    {
      const std::lock_guard inner(mutex_);
      all.reserve(open_.size());
      for (const auto& [key, buffer] : open_) all.push_back(buffer);
    }
    for (const auto& buffer : all) buffer->Flush();
    all.clear();
    lock.lock();
  }
}

void Outputs::Forget(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(key);
  if (found == open_.end()) return;
  const std::int64_t left_out = found->second->left_out();
  open_.erase(found);  // whoever calls holds it, too
  if (left_out == 0) return;
  left_out_[key] = left_out;
  left_out_order_.push_back(key);
  if (left_out_order_.size() <= kRemembered) return;
  left_out_.erase(left_out_order_.front());
  left_out_order_.pop_front();
}

std::shared_ptr<OutputBuffer> Outputs::Find(const Key& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(key);
  return found == open_.end() ? nullptr : found->second;
}

}  // namespace gatewright::runtime
