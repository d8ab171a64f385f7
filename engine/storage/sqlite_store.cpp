// engine/storage/sqlite_store.cpp: hands each question to a connection that may answer it.
#include "engine/storage/sqlite_store.h"

#include <mutex>
#include <utility>

#include "engine/storage/file_lock.h"
#include "engine/storage/migrations.h"
#include "engine/storage/reader_pool.h"
#include "engine/storage/sqlite_writer.h"

namespace gatewright::storage {
namespace {

using ports::AnswerRow;
using ports::AttemptRow;
using ports::DeliveryRow;
using ports::Entry;
using ports::LockRow;
using ports::OutboxRow;
using ports::RunHistory;
using ports::RunPage;
using ports::RunRow;
using ports::TimerRow;
using ports::WorkflowRow;

class SqliteStore final : public ports::Store {
 public:
  SqliteStore(FileLock lock, std::unique_ptr<SqliteWriter> writer, const StoreOptions& options)
      : lock_(std::move(lock)),
        writer_(std::move(writer)),
        readers_(options),
        scan_limit_(options.scan_limit) {}

  Result<Position> Commit(const std::vector<ports::Change>& changes) override {
    const std::lock_guard lock(writing_);
    return writer_->Commit(changes);
  }
  Result<std::int64_t> ForgetAnswers(Time before, std::int64_t limit) override {
    const std::lock_guard lock(writing_);
    return writer_->ForgetAnswers(before, limit);
  }

  Result<std::optional<RunHistory>> LoadRun(RunId run) override {
    return readers_.Use("read a run", [&](Reader& reader) { return reader.runs->Load(run); });
  }
  Result<std::optional<RunRow>> GetRow(RunId run) override {
    return Read<std::optional<RunRow>>([&](Reader& reader) { return reader.runs->GetRow(run); });
  }
  Result<RunPage> ListRuns(const ports::RunQuery& query) override {
    return readers_.Use("list runs",
                        [&](Reader& reader) { return reader.runs->List(query, scan_limit_); });
  }
  Result<RunId> LastRunId() override {
    return Read<RunId>([](Reader& reader) { return reader.runs->LastRun(); });
  }
  Result<std::vector<Entry>> ReadEntries(Position after, std::int64_t limit) override {
    return Read<std::vector<Entry>>(
        [&](Reader& reader) { return reader.runs->ReadEntries(after, limit); });
  }
  Result<Position> Head() override {
    return Read<Position>([](Reader& reader) { return reader.runs->Head(); });
  }

  Result<std::vector<TimerRow>> DueTimers(Time now, std::int64_t limit) override {
    return Read<std::vector<TimerRow>>(
        [&](Reader& reader) { return reader.work->DueTimers(now, limit); });
  }
  Result<std::optional<Time>> NextTimer() override {
    return Read<std::optional<Time>>([](Reader& reader) { return reader.work->NextTimer(); });
  }
  Result<std::vector<AttemptRow>> OpenAttempts() override {
    return Read<std::vector<AttemptRow>>(
        [](Reader& reader) { return reader.work->OpenAttempts(); });
  }
  Result<std::vector<OutboxRow>> DueOutbox(const std::vector<ports::OutboxKind>& kinds, Time now,
                                           std::int64_t limit) override {
    return Read<std::vector<OutboxRow>>(
        [&](Reader& reader) { return reader.work->DueOutbox(kinds, now, limit); });
  }
  Result<std::optional<Time>> NextOutbox(const std::vector<ports::OutboxKind>& kinds) override {
    return Read<std::optional<Time>>(
        [&](Reader& reader) { return reader.work->NextOutbox(kinds); });
  }
  Result<std::optional<AnswerRow>> FindAnswer(std::string_view key) override {
    return Read<std::optional<AnswerRow>>(
        [&](Reader& reader) { return reader.work->FindAnswer(key); });
  }
  Result<std::string> ReadOutput(RunId run, AttemptNumber number, std::int64_t offset,
                                 std::int64_t limit) override {
    return readers_.Use("read output", [&](Reader& reader) {
      return reader.work->ReadOutput(run, number, offset, limit);
    });
  }
  Result<std::int64_t> OutputSize(RunId run, AttemptNumber number) override {
    return Read<std::int64_t>([&](Reader& reader) { return reader.work->OutputSize(run, number); });
  }

  Result<std::int64_t> LastDelivery() override {
    return Read<std::int64_t>([](Reader& reader) { return reader.deliveries->Last(); });
  }
  Result<ports::PendingDeliveries> CountPendingDeliveries() override {
    return Read<ports::PendingDeliveries>(
        [](Reader& reader) { return reader.deliveries->CountPending(); });
  }
  Result<std::optional<DeliveryRow>> FindDelivery(std::int64_t id) override {
    return Read<std::optional<DeliveryRow>>(
        [&](Reader& reader) { return reader.deliveries->Find(id); });
  }
  Result<std::vector<DeliveryRow>> ListDeliveries(const ports::DeliveryQuery& query) override {
    return Read<std::vector<DeliveryRow>>(
        [&](Reader& reader) { return reader.deliveries->List(query); });
  }
  Result<std::vector<ports::PendingLane>> PendingLanes(std::string_view after,
                                                       std::int64_t limit) override {
    return Read<std::vector<ports::PendingLane>>(
        [&](Reader& reader) { return reader.deliveries->PendingLanes(after, limit); });
  }
  Result<std::vector<DeliveryRow>> DueDeliveries(std::string_view lane, Time now,
                                                 std::int64_t limit) override {
    return Read<std::vector<DeliveryRow>>(
        [&](Reader& reader) { return reader.deliveries->Due(lane, now, limit); });
  }
  Result<std::vector<ports::ClosedLane>> ClosedLanes() override {
    return Read<std::vector<ports::ClosedLane>>(
        [](Reader& reader) { return reader.deliveries->ClosedLanes(); });
  }
  Result<std::int64_t> ForgetDeliveries(Time before, std::int64_t keep,
                                        std::int64_t limit) override {
    const std::lock_guard lock(writing_);
    return writer_->ForgetDeliveries(before, keep, limit);
  }

  Result<std::vector<Entry>> SiteEntries() override {
    return readers_.Use("read the installation's own log",
                        [](Reader& reader) { return reader.runs->SiteEntries(); });
  }
  Result<std::vector<LockRow>> Locks() override {
    return Read<std::vector<LockRow>>([](Reader& reader) { return reader.work->Locks(); });
  }
  Result<std::int64_t> NewestTicket() override {
    return Read<std::int64_t>([](Reader& reader) { return reader.work->NewestTicket(); });
  }

  Result<std::vector<WorkflowRow>> Workflows() override {
    return Read<std::vector<WorkflowRow>>([](Reader& reader) { return reader.work->Workflows(); });
  }
  Result<Position> Cursor(std::string_view name) override {
    return Read<Position>([&](Reader& reader) { return reader.work->Cursor(name); });
  }
  Result<std::string> Secret(std::string_view name) override {
    const std::lock_guard lock(writing_);
    return writer_->Secret(name);
  }
  Result<std::string> CredentialDigest(std::string_view id) override {
    return Read<std::string>([&](Reader& reader) { return reader.work->CredentialDigest(id); });
  }
  Result<ports::StoreHealth> Health() override {
    return Read<ports::StoreHealth>([](Reader& reader) {
      return ports::StoreHealth{"sqlite", sqlite_api::sqlite3_libversion(),
                                ReadSchema(reader.session), reader.runs->Head()};
    });
  }

 private:
  template <class T, class Body>
  Result<T> Read(Body body) {
    return readers_.Use("read", [&](Reader& reader) -> Result<T> { return body(reader); });
  }

  // Destroyed from the last to the first: the lock is given back when nothing is open any more.
  FileLock lock_;
  std::mutex writing_;
  std::unique_ptr<SqliteWriter> writer_;  // under writing_
  ReaderPool readers_;
  const std::int64_t scan_limit_;
};

}  // namespace

Result<std::unique_ptr<ports::Store>> OpenSqlite(StoreOptions options) {
  GW_TRY(lock, FileLock::Take(options.path));
  options.path = lock.database();
  GW_TRY(writer, SqliteWriter::Open(options));
  return std::unique_ptr<ports::Store>(
      std::make_unique<SqliteStore>(std::move(lock), std::move(writer), options));
}

}  // namespace gatewright::storage
