// engine/storage/sqlite_writer.cpp: a transaction per batch of changes, on disk when it returns.
#include "engine/storage/sqlite_writer.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>

#include "engine/base/assert.h"
#include "engine/storage/delivery_writer.h"
#include "engine/storage/log_writer.h"
#include "engine/storage/migrations.h"
#include "engine/storage/sqlite_error.h"
#include "engine/storage/work_writer.h"

namespace gatewright::storage {
namespace {

constexpr int kWriterCacheMb = 64;

std::string RandomHex() {
  std::array<unsigned char, 32> bytes;
  GW_ASSERT(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

int OnWalCommit(void* checkpointer, sqlite_api::sqlite3*, const char*, int pages) {
  static_cast<Checkpointer*>(checkpointer)->OnCommit(pages);
  return SQLITE_OK;
}

}  // namespace

// Prepared once; must go before the session does.
struct SqliteWriter::Statements {
  explicit Statements(soci::session& session)
      : begin((session.prepare << "BEGIN IMMEDIATE")),
        commit((session.prepare << "COMMIT")),
        log(session),
        work(session),
        deliveries(session) {}

  soci::statement begin;
  soci::statement commit;
  LogWriter log;
  WorkWriter work;
  DeliveryWriter deliveries;
};

Result<std::unique_ptr<SqliteWriter>> SqliteWriter::Open(const StoreOptions& options) {
  using Writer = std::unique_ptr<SqliteWriter>;
  return Guarded("open the database", options.path, [&]() -> Result<Writer> {
    Writer writer(new SqliteWriter(options));
    OpenSession(writer->session_, options.path, Access::kReadWrite, kWriterCacheMb);
    GW_CHECK(Migrate(writer->session_, options.path));
    GW_CHECK(writer->Prepare());
    writer->checkpointer_ = std::make_unique<Checkpointer>(options.path, options);
    sqlite_api::sqlite3_wal_hook(Native(writer->session_), OnWalCommit,
                                 writer->checkpointer_.get());
    return writer;
  });
}

SqliteWriter::SqliteWriter(const StoreOptions& options) : path_(options.path) {}

SqliteWriter::~SqliteWriter() { checkpointer_.reset(); }

Result<void> SqliteWriter::Prepare() {
  if (lost_flush_ == 0 && checkpointer_ != nullptr) lost_flush_ = checkpointer_->lost_flush();
  if (lost_flush_ != 0) return ToError(lost_flush_, "write", path_);
  if (statements_ != nullptr) return {};
  auto statements = std::make_unique<Statements>(session_);
  Integer head = 0;
  session_.once << "SELECT coalesce(max(position), 0) FROM events", soci::into(head);
  head_ = Position{head};
  statements_ = std::move(statements);
  return {};
}

Result<Position> SqliteWriter::Commit(const std::vector<ports::Change>& changes) {
  if (changes.empty()) return Position{0};
  try {
    GW_CHECK(Prepare());
    checkpointer_->Finish(session_);
    const Position before = head_;
    Execute(statements_->begin);
    if (auto written = WriteAll(changes); !written) {
      RollBack();
      head_ = before;
      return written.error();
    }
    Execute(statements_->commit);
    return head_ == before ? Position{0} : Position{before.value + 1};
  } catch (const std::exception& failure) {
    return AfterFailure(failure);
  }
}

Result<void> SqliteWriter::WriteAll(const std::vector<ports::Change>& changes) {
  for (const ports::Change& change : changes) {
    if (change.entry) {
      const Position next{head_.value + 1};
      GW_CHECK(statements_->log.Append(change, next));
      head_ = next;
    }
    GW_CHECK(statements_->work.Apply(change));
    statements_->deliveries.Apply(change);
  }
  return {};
}

Result<std::int64_t> SqliteWriter::ForgetAnswers(Time before, std::int64_t limit) {
  try {
    GW_CHECK(Prepare());
    return statements_->work.ForgetAnswers(before, limit);
  } catch (const std::exception& failure) {
    return AfterFailure(failure);
  }
}

Result<std::int64_t> SqliteWriter::ForgetDeliveries(Time before, std::int64_t keep,
                                                    std::int64_t limit) {
  try {
    GW_CHECK(Prepare());
    return statements_->deliveries.Forget(before, keep, limit);
  } catch (const std::exception& failure) {
    return AfterFailure(failure);
  }
}

Result<std::string> SqliteWriter::Secret(std::string_view name) {
  try {
    GW_CHECK(Prepare());
    const std::string key(name);
    const std::string fresh = RandomHex();
    std::string kept;
    session_.once << "INSERT INTO secrets(name, value) VALUES(:name, :value) "
                     "ON CONFLICT(name) DO NOTHING",
        soci::use(key), soci::use(fresh);
    session_.once << "SELECT value FROM secrets WHERE name = :name", soci::use(key),
        soci::into(kept);
    return kept;
  } catch (const std::exception& failure) {
    return AfterFailure(failure);
  }
}

void SqliteWriter::RollBack() noexcept {
  // A full disk among others ends the transaction by itself; a second ROLLBACK would be an error.
  if (sqlite_api::sqlite3_get_autocommit(Native(session_)) != 0) return;
  sqlite_api::sqlite3_exec(Native(session_), "ROLLBACK", nullptr, nullptr, nullptr);
}

Error SqliteWriter::AfterFailure(const std::exception& failure) {
  if (IsLostFlush(SqliteCode(failure))) lost_flush_ = SqliteCode(failure);
  statements_.reset();  // the next commit prepares anew and reads the head from the file
  RollBack();
  return ToError(failure, "write", path_);
}

}  // namespace gatewright::storage
