#include "engine/runtime/deliveries.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/runtime/secrets.h"

namespace gatewright::runtime {
namespace {

using ports::DeliveryRow;
using ports::DeliveryState;

constexpr std::size_t kHealthyThreads = 6;
constexpr std::size_t kTroubledThreads = 3;
constexpr std::size_t kTurnsOfLane = 4;  // of one lane
constexpr std::size_t kLaneRoom = 200;   // tasks of one lane in memory
constexpr std::size_t kRoom = 5'000;     // of all lanes
constexpr std::size_t kMostUnwritten = 10'000;
constexpr std::int64_t kLanesAtOnce = 500;
constexpr std::size_t kMostInMessage = 50;
constexpr Duration kAfterFailedFetch = std::chrono::seconds{1};

}  // namespace

Deliveries::Deliveries(ports::Store& store, MessageWriter& writer, CommandLoop& loop,
                       const ports::Clock& clock, ports::Log& log, Duration limit,
                       std::string cursor)
    : store_(store),
      writer_(writer),
      clock_(clock),
      log_(log),
      limit_(limit),
      ledger_(loop, log, std::move(cursor)),
      random_(static_cast<std::minstd_rand::result_type>(
          std::chrono::steady_clock::now().time_since_epoch().count())),
      healthy_(kHealthyThreads),
      troubled_(kTroubledThreads),
      alarm_(clock, "gw-outbox", [this] { return Tick(); }) {}

Result<void> Deliveries::Start() {
  GW_TRY(last, store_.LastDelivery());
  GW_TRY(closed, store_.ClosedLanes());
  last_id_ = last;
  for (ports::ClosedLane& lane : closed) closed_[lane.lane] = std::move(lane);
  for (std::string after;;) {
    GW_TRY(page, store_.PendingLanes(after, kLanesAtOnce));
    for (const ports::PendingLane& lane : page) lanes_[lane.lane].waiting_since = lane.due;
    if (static_cast<std::int64_t>(page.size()) < kLanesAtOnce) break;
    after = page.back().lane;
  }
  ledger_.Start();
  alarm_.Start();
  return {};
}

void Deliveries::Stop() {
  alarm_.Stop();
  healthy_.Stop();
  troubled_.Stop();
  ledger_.Stop();
}

bool Deliveries::HasRoom() const { return ledger_.size() < kMostUnwritten; }

void Deliveries::Add(std::vector<NewDelivery> made, Position told) {
  const Time now = clock_.Now();
  std::vector<DeliveryRow> rows;
  rows.reserve(made.size());
  std::optional<Time> first_due;
  {
    const std::lock_guard lock(mutex_);
    for (NewDelivery& one : made) {
      DeliveryRow& row = one.row;
      row.id = ++last_id_;
      row.created_at = row.updated_at = now;
      if (const auto closed = closed_.find(row.lane); closed != closed_.end()) {
        row.state = DeliveryState::kDisabled;
        row.problem = closed->second.reason;
        ++counts_[{row.notifier, row.state}];
        rows.push_back(row);
        continue;
      }
      rows.push_back(row);
      Lane& lane = lanes_[row.lane];
      const std::string name = row.lane;
      // Behind others that wait in the store it waits there, too.
      const bool is_next = row.due <= now && !row.is_digest && now >= lane.paused_until &&
                           !(lane.waiting_since && *lane.waiting_since <= now) &&
                           lane.queue.size() < kLaneRoom && held_.size() < kRoom;
      if (is_next) {
        Task task;
        task.rows.push_back(std::move(row));
        task.message = std::move(one.message);
        Enqueue(name, lane, std::move(task));
      } else {
        Wait(lane, row.due);
        const Time due = std::max(*lane.waiting_since, lane.paused_until);
        first_due = std::min(first_due.value_or(due), due);
      }
    }
    // Before anybody settles one of them, and before a fetch looks for them.
    ledger_.Put(std::move(rows), told);
  }
  if (first_due) alarm_.PokeAt(*first_due);
}

Result<std::vector<DeliveryRow>> Deliveries::List(const ports::DeliveryQuery& query) {
  ledger_.Settle();
  GW_TRY(rows, store_.ListDeliveries(query));
  for (DeliveryRow& row : rows) {
    if (auto newer = ledger_.Find(row.id)) row = *std::move(newer);
  }
  return rows;
}

Result<std::optional<DeliveryRow>> Deliveries::Find(std::int64_t id) const {
  if (auto unwritten = ledger_.Find(id)) return unwritten;
  return store_.FindDelivery(id);
}

Result<std::optional<DeliveryRow>> Deliveries::Replay(std::int64_t id) {
  GW_TRY(found, Find(id));
  if (!found) return found;
  const std::lock_guard lock(mutex_);
  if (held_.contains(id)) return found;  // it is being tried
  DeliveryRow& row = *found;
  row.state = DeliveryState::kPending;
  row.tries = 0;
  row.due = row.updated_at = clock_.Now();
  ledger_.Put(row);
  Lane& lane = lanes_[row.lane];
  lane.paused_until = Time{};
  if (held_.size() >= kRoom) {
    Wait(lane, row.due);
    alarm_.Poke();
    return found;
  }
  Task task;
  task.rows = {row};
  task.is_forced = true;
  Enqueue(row.lane, lane, std::move(task), true);
  return found;
}

// Fetches what is due and is not in memory; returns when to look again.
std::optional<Time> Deliveries::Tick() {
  const Time now = clock_.Now();
  std::vector<std::string> due;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, lane] : lanes_) {
      const bool is_due = lane.waiting_since && *lane.waiting_since <= now;
      if (is_due && lane.paused_until <= now && lane.queue.empty()) due.push_back(name);
    }
  }
  for (const std::string& name : due) Fetch(name);
  std::optional<Time> next;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, lane] : lanes_) {
    // A lane with a queue asks when that is empty.
    if (!lane.waiting_since || !lane.queue.empty()) continue;
    const Time at = std::max(*lane.waiting_since, lane.paused_until);
    next = std::min(next.value_or(at), at);
  }
  return next;
}

void Deliveries::Fetch(const std::string& name) {
  std::set<std::int64_t> held;
  {
    const std::lock_guard lock(mutex_);
    held = held_;
    lanes_[name].waiting_since.reset();  // what comes to wait from now on says so again
  }
  // Looked at before the store: what is written in between is in one of the two.
  std::map<std::int64_t, DeliveryRow> found = ledger_.Unwritten(name);
  auto rows = store_.DueDeliveries(
      name, Time::max(), static_cast<std::int64_t>(kLaneRoom + kTurnsOfLane + found.size()) + 1);
  const Time now = clock_.Now();
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[name];
  if (!rows) {
    return Wait(lane, now + kAfterFailedFetch);
  }
  for (DeliveryRow& row : *rows) found.emplace(row.id, std::move(row));
  std::vector<DeliveryRow> due;
  for (auto& [id, row] : found) {
    if (held_.contains(id)) continue;
    if (held.contains(id)) {
      Wait(lane, now);  // it has been tried meanwhile: look again
    } else if (row.state == DeliveryState::kPending) {
      if (row.due <= now) {
        due.push_back(std::move(row));
      } else {
        Wait(lane, row.due);
      }
    }
  }
  std::ranges::stable_sort(due, {}, &DeliveryRow::due);
  if (due.size() > kLaneRoom) {
    due.resize(kLaneRoom);
    Wait(lane, now);
  }
  Take(name, lane, std::move(due));
  TidyUp(lanes_.find(name));
}

void Deliveries::Take(const std::string& name, Lane& lane, std::vector<DeliveryRow> due) {
  const auto closed = closed_.find(name);
  Task digest;
  for (DeliveryRow& row : due) {
    Task task;
    if (closed != closed_.end()) {
      task.rows.push_back(std::move(row));
      Write(task, DeliveryState::kDisabled, closed->second.reason);
      continue;
    }
    if (row.is_digest) {
      digest.rows.push_back(std::move(row));
      if (digest.rows.size() == kMostInMessage) {
        Enqueue(name, lane, std::exchange(digest, {}));
      }
      continue;
    }
    task.rows.push_back(std::move(row));
    Enqueue(name, lane, std::move(task));
  }
  if (!digest.rows.empty()) Enqueue(name, lane, std::move(digest));
}

void Deliveries::Enqueue(const std::string& name, Lane& lane, Task task, bool is_first) {
  for (const DeliveryRow& row : task.rows) held_.insert(row.id);
  if (is_first) {
    lane.queue.push_front(std::move(task));
  } else {
    lane.queue.push_back(std::move(task));
  }
  GiveTokens(name, lane);
}

void Deliveries::Wait(Lane& lane, Time due) {
  lane.waiting_since = std::min(lane.waiting_since.value_or(due), due);
}

// A lane that has not shown that it answers has one turn at a time, and one in trouble has it where
// it can hold up only others in trouble.
void Deliveries::GiveTokens(const std::string& name, Lane& lane) {
  const std::size_t most = lane.failures == 0 && lane.has_answered ? kTurnsOfLane : 1;
  WorkerPool& pool = lane.failures == 0 ? healthy_ : troubled_;
  while (lane.tokens < std::min(most, lane.queue.size() + lane.runs_under_way.size())) {
    if (!pool.Post([this, name] { TakeTurn(name); })) return;  // it stops
    ++lane.tokens;
  }
}

void Deliveries::TakeTurn(const std::string& name) {
  std::optional<Task> task;
  {
    const std::lock_guard lock(mutex_);
    task = TakeTask(lanes_[name]);
  }
  if (task) Deliver(name, *task);
  bool is_hungry = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = lanes_.find(name);
    Lane& lane = found->second;
    --lane.tokens;
    if (task) {
      for (const DeliveryRow& row : task->rows) held_.erase(row.id);
      std::erase(lane.runs_under_way, task->rows.front().run);
      GiveTokens(name, lane);
    }
    is_hungry = lane.queue.empty() && lane.waiting_since.has_value();
    TidyUp(found);
  }
  if (is_hungry) alarm_.Poke();
}

// The first whose run is not being told of something else.
std::optional<Deliveries::Task> Deliveries::TakeTask(Lane& lane) {
  for (auto one = lane.queue.begin(); one != lane.queue.end(); ++one) {
    const RunId run = one->rows.front().run;
    if (std::ranges::find(lane.runs_under_way, run) != lane.runs_under_way.end()) continue;
    Task task = std::move(*one);
    lane.queue.erase(one);
    lane.runs_under_way.push_back(run);
    return task;
  }
  return std::nullopt;
}

void Deliveries::Deliver(const std::string& name, Task& task) {
  ports::DeliveryAdvice advice;
  auto parcel = writer_.Write(task.rows, task.message ? &*task.message : nullptr);
  if (!parcel) return Settle(name, task, parcel.error(), advice);
  if (!parcel->is_needed) {
    const std::lock_guard lock(mutex_);
    return Write(task, DeliveryState::kDropped, "");
  }
  const Message& message = parcel->message;
  auto delivered =
      parcel->notifier->Deliver(message.id, message.topic, message.json, limit_, &advice);
  if (!delivered) {
    Error error = delivered.error();
    error.message = Redacted(std::move(error.message), parcel->secrets);
    delivered = std::move(error);
  }
  Settle(name, task, delivered, advice);
}

// A lane with nothing to do and nothing to remember is forgotten.
void Deliveries::TidyUp(Lanes::iterator lane) {
  const Lane& one = lane->second;
  if (one.queue.empty() && one.tokens == 0 && !one.waiting_since && one.failures == 0 &&
      !one.has_answered) {
    lanes_.erase(lane);
  }
}

}  // namespace gatewright::runtime
