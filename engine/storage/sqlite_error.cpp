// engine/storage/sqlite_error.cpp: what each of SQLite's codes means to an operator.
#include "engine/storage/sqlite_error.h"

#include <fmt/format.h>

#include <new>

#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {
namespace {

struct Meaning {
  ErrorCode code;
  std::string_view sentence;
};

Meaning MeaningOf(int sqlite_code) {
  if (IsLostFlush(sqlite_code)) {
    return {ErrorCode::kCorrupt,
            "the disk failed to flush data it had accepted. Nothing more is written; check the "
            "disk, then restart and run `gatewright db check`"};
  }
  switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kUnavailable,
              "another program has locked the file. Close it, or try again"};
    case SQLITE_FULL:
      return {ErrorCode::kUnavailable, "the disk is full. Free some space, then try again"};
    case SQLITE_IOERR:
      return {ErrorCode::kUnavailable,
              "the disk refused to read or write (full, over a quota, or broken). See the kernel "
              "log, then try again"};
    case SQLITE_CORRUPT:
      return {ErrorCode::kCorrupt,
              "the file is damaged. Stop the server, keep a copy of the file, and run `gatewright "
              "db check`"};
    case SQLITE_NOTADB:
      return {ErrorCode::kCorrupt, "the file is not a SQLite database. Name another file"};
    case SQLITE_CANTOPEN:
      return {ErrorCode::kUnavailable,
              "the file, or the -wal and -shm files beside it, cannot be opened. It must be on a "
              "local disk, in a folder this process may write to"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorCode::kUnavailable, "this process may not write to the file"};
    case SQLITE_NOMEM:
      return {ErrorCode::kUnavailable, "not enough memory"};
    case SQLITE_TOOBIG:
      return {ErrorCode::kInvalid, "a text is larger than 1 GB, the most SQLite holds"};
    case SQLITE_INTERRUPT:
      return {ErrorCode::kCancelled, "it was interrupted"};
    case SQLITE_CONSTRAINT:
      return {ErrorCode::kInternal, "a rule of the schema forbids it"};
    default:
      return {ErrorCode::kInternal, "SQLite refused"};
  }
}

}  // namespace

int SqliteCode(const std::exception& failure) {
  const auto* error = dynamic_cast<const soci::sqlite3_soci_error*>(&failure);
  return error != nullptr ? error->result() : 0;
}

bool IsLostFlush(int sqlite_code) {
  return sqlite_code == SQLITE_IOERR_FSYNC || sqlite_code == SQLITE_IOERR_DIR_FSYNC;
}

Error ToError(int sqlite_code, std::string_view doing, const std::string& path) {
  const Meaning meaning = MeaningOf(sqlite_code);
  return Error{meaning.code, fmt::format("Could not {} in {}: {} (SQLite code {}).", doing, path,
                                         meaning.sentence, sqlite_code)};
}

Error ToError(const std::exception& failure, std::string_view doing, const std::string& path) {
  if (const int code = SqliteCode(failure); code != 0) return ToError(code, doing, path);
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("Could not {} in {}: not enough memory.", doing, path)};
  }
  return Error{ErrorCode::kInternal,
               fmt::format("Could not {} in {}: the database layer refused.", doing, path)};
}

}  // namespace gatewright::storage
