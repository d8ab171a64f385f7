#include "engine/runtime/delivery_ledger.h"

#include <pthread.h>

#include <chrono>
#include <utility>

namespace gatewright::runtime {
namespace {

// Real time, whatever clock the engine has: it only makes pages fuller.
constexpr auto kGatherRows = std::chrono::milliseconds{100};
constexpr auto kLongestWait = std::chrono::milliseconds{1'000};
constexpr auto kAfterRefusal = std::chrono::milliseconds{1'000};

}  // namespace

void DeliveryLedger::Start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "gw-deliveries");
    Run();
  });
}

void DeliveryLedger::Stop() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(is_stopping_, true)) return;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void DeliveryLedger::Put(ports::DeliveryRow row) {
  const std::lock_guard lock(mutex_);
  next_.rows[row.id] = std::move(row);
  ++said_;
  changed_.notify_all();
}

void DeliveryLedger::Put(std::vector<ports::DeliveryRow> rows, Position told) {
  const std::lock_guard lock(mutex_);
  for (ports::DeliveryRow& row : rows) next_.rows[row.id] = std::move(row);
  next_.cursor = told;
  ++said_;
  changed_.notify_all();
}

void DeliveryLedger::Close(ports::ClosedLane lane) {
  const std::lock_guard lock(mutex_);
  next_.open.erase(lane.lane);
  next_.close[lane.lane] = std::move(lane);
  changed_.notify_all();
}

void DeliveryLedger::Open(const std::string& lane) {
  const std::lock_guard lock(mutex_);
  next_.close.erase(lane);
  next_.open.insert(lane);
  changed_.notify_all();
}

void DeliveryLedger::Settle() {
  std::unique_lock lock(mutex_);
  const std::uint64_t wanted = said_;
  if (written_ >= wanted) return;
  is_hurried_ = true;
  changed_.notify_all();
  changed_.wait_for(lock, kLongestWait, [&] { return written_ >= wanted || is_stopping_; });
}

std::optional<ports::DeliveryRow> DeliveryLedger::Find(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  for (const Page* page : {&next_, &under_way_}) {
    if (const auto found = page->rows.find(id); found != page->rows.end()) return found->second;
  }
  return std::nullopt;
}

std::map<std::int64_t, ports::DeliveryRow> DeliveryLedger::Unwritten(
    const std::string& lane) const {
  std::map<std::int64_t, ports::DeliveryRow> rows;
  const std::lock_guard lock(mutex_);
  for (const Page* page : {&next_, &under_way_}) {
    for (const auto& [id, row] : page->rows) {
      if (row.lane == lane) rows.emplace(id, row);
    }
  }
  return rows;
}

std::size_t DeliveryLedger::size() const {
  const std::lock_guard lock(mutex_);
  return next_.rows.size() + under_way_.rows.size();
}

void DeliveryLedger::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !is_under_way_ && (is_stopping_ || !next_.is_empty()); });
    const auto gather = std::exchange(is_refused_, false) ? kAfterRefusal : kGatherRows;
    changed_.wait_for(lock, gather, [this] { return is_stopping_ || is_hurried_; });
    is_hurried_ = false;
    const bool is_last = is_stopping_;
    if (!next_.is_empty()) {
      is_under_way_ = true;
      under_way_ = std::exchange(next_, {});
      going_ = said_;
      lock.unlock();
      Submit();
      lock.lock();
    }
    if (is_last) return;
  }
}

void DeliveryLedger::Submit() {
  Job job;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, row] : under_way_.rows) job.also.put_deliveries.push_back(row);
    for (const auto& [name, lane] : under_way_.close) job.also.close_lanes.push_back(lane);
    job.also.open_lanes.assign(under_way_.open.begin(), under_way_.open.end());
    if (under_way_.cursor) job.also.cursor = {cursor_name_, *under_way_.cursor};
  }
  job.answer = [this](const Reply& reply) { Written(reply.kind == ReplyKind::kDone); };
  if (!loop_.Submit(std::move(job), true)) Written(false);
}

void DeliveryLedger::Written(bool is_written) {
  const std::lock_guard lock(mutex_);
  Page page = std::exchange(under_way_, {});
  if (is_written) written_ = going_;
  if (!is_written) {
    // What has been said since is newer.
    next_.rows.merge(page.rows);
    for (auto& [name, lane] : page.close) {
      if (!next_.open.contains(name)) next_.close.emplace(name, std::move(lane));
    }
    for (const std::string& name : page.open) {
      if (!next_.close.contains(name)) next_.open.insert(name);
    }
    if (!next_.cursor) next_.cursor = page.cursor;
    log_.Warning("what became of notifications cannot be written now; it is tried again");
    is_refused_ = true;
  }
  is_under_way_ = false;
  changed_.notify_all();
}

}  // namespace gatewright::runtime
