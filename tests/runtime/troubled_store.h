// tests/runtime/troubled_store.h: a real store whose commits can be made to fail or to wait.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/ports/store.h"

namespace gatewright::testing {

class TroubledStore final : public ports::Store {
 public:
  explicit TroubledStore(std::unique_ptr<ports::Store> store) : store_(std::move(store)) {}

  // The next commits end with this error.
  void FailWith(std::optional<Error> error) {
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
  }
  int failed_commits() {
    const std::lock_guard lock(mutex_);
    return failed_commits_;
  }
  // Commits wait until they are let go.
  void Hold() {
    const std::lock_guard lock(mutex_);
    is_held_ = true;
  }
  void LetGo() {
    {
      const std::lock_guard lock(mutex_);
      is_held_ = false;
    }
    wake_.notify_all();
  }

  Result<Position> Commit(const std::vector<ports::Change>& changes) override {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return !is_held_; });
      if (error_) {
        ++failed_commits_;
        return *error_;
      }
    }
    return store_->Commit(changes);
  }

  Result<std::optional<ports::RunHistory>> LoadRun(RunId run) override {
    return store_->LoadRun(run);
  }
  Result<std::optional<ports::RunRow>> GetRow(RunId run) override { return store_->GetRow(run); }
  Result<ports::RunPage> ListRuns(const ports::RunQuery& query) override {
    return store_->ListRuns(query);
  }
  Result<RunId> LastRunId() override { return store_->LastRunId(); }
  Result<std::vector<ports::Entry>> ReadEntries(Position after, std::int64_t limit) override {
    return store_->ReadEntries(after, limit);
  }
  Result<Position> Head() override { return store_->Head(); }
  Result<std::vector<ports::TimerRow>> DueTimers(Time now, std::int64_t limit) override {
    return store_->DueTimers(now, limit);
  }
  Result<std::optional<Time>> NextTimer() override { return store_->NextTimer(); }
  Result<std::vector<ports::AttemptRow>> OpenAttempts() override { return store_->OpenAttempts(); }
  Result<std::vector<ports::OutboxRow>> DueOutbox(const std::vector<ports::OutboxKind>& kinds,
                                                  Time now, std::int64_t limit) override {
    return store_->DueOutbox(kinds, now, limit);
  }
  Result<std::optional<Time>> NextOutbox(const std::vector<ports::OutboxKind>& kinds) override {
    return store_->NextOutbox(kinds);
  }
  Result<std::optional<ports::AnswerRow>> FindAnswer(std::string_view key) override {
    return store_->FindAnswer(key);
  }
  Result<std::int64_t> ForgetAnswers(Time before, std::int64_t limit) override {
    return store_->ForgetAnswers(before, limit);
  }
  Result<std::string> ReadOutput(RunId run, AttemptNumber number, std::int64_t offset,
                                 std::int64_t limit) override {
    return store_->ReadOutput(run, number, offset, limit);
  }
  Result<std::int64_t> OutputSize(RunId run, AttemptNumber number) override {
    return store_->OutputSize(run, number);
  }
  Result<std::int64_t> LastDelivery() override { return store_->LastDelivery(); }
  Result<ports::PendingDeliveries> CountPendingDeliveries() override {
    return store_->CountPendingDeliveries();
  }
  Result<std::optional<ports::DeliveryRow>> FindDelivery(std::int64_t id) override {
    return store_->FindDelivery(id);
  }
  Result<std::vector<ports::DeliveryRow>> ListDeliveries(
      const ports::DeliveryQuery& query) override {
    return store_->ListDeliveries(query);
  }
  Result<std::vector<ports::PendingLane>> PendingLanes(std::string_view after,
                                                       std::int64_t limit) override {
    return store_->PendingLanes(after, limit);
  }
  Result<std::vector<ports::DeliveryRow>> DueDeliveries(std::string_view lane, Time now,
                                                        std::int64_t limit) override {
    return store_->DueDeliveries(lane, now, limit);
  }
  Result<std::vector<ports::ClosedLane>> ClosedLanes() override { return store_->ClosedLanes(); }
  Result<std::int64_t> ForgetDeliveries(Time before, std::int64_t keep,
                                        std::int64_t limit) override {
    return store_->ForgetDeliveries(before, keep, limit);
  }
  Result<std::vector<ports::Entry>> SiteEntries() override { return store_->SiteEntries(); }
  Result<std::vector<ports::LockRow>> Locks() override { return store_->Locks(); }
  Result<std::int64_t> NewestTicket() override { return store_->NewestTicket(); }
  Result<std::vector<ports::WorkflowRow>> Workflows() override { return store_->Workflows(); }
  Result<Position> Cursor(std::string_view name) override { return store_->Cursor(name); }
  Result<std::string> Secret(std::string_view name) override { return store_->Secret(name); }
  Result<std::string> CredentialDigest(std::string_view id) override {
    return store_->CredentialDigest(id);
  }
  Result<ports::StoreHealth> Health() override { return store_->Health(); }

 private:
  std::unique_ptr<ports::Store> store_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<Error> error_;
  bool is_held_ = false;
  int failed_commits_ = 0;
};

}  // namespace gatewright::testing
