// engine/storage/file_lock.h: the right to write to one database file, held by one process at a
// time and given back by the kernel when it dies.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace gatewright::storage {

class FileLock {
 public:
  // Creates the folder of `database` when missing and locks `<database>.lock`. Links are followed
  // first, so that two names of one file share one lock.
  static Result<FileLock> Take(const std::string& database);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

  // The database's path with links resolved.
  const std::string& database() const { return database_; }

 private:
  FileLock(int descriptor, std::string database);

  int descriptor_;
  std::string database_;
};

}  // namespace gatewright::storage
