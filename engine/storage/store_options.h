// engine/storage/store_options.h: what an operator may set about the database, with its defaults.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/time.h"

namespace gatewright::storage {

struct StoreOptions {
  std::string path;  // the database file; its folder is created when missing

  int readers = 0;  // connections for reading; 0 = one per core, at least 2, at most 16
  Duration reader_wait = std::chrono::seconds(2);  // for a free one, then kUnavailable

  // One page of a list looks at this many runs at most.
  std::int64_t scan_limit = 10'000;

  // Pages (4 KiB) of the write-ahead log at which it is copied into the database file in the
  // background, and at which committing waits for that.
  int checkpoint_pages = 16'000;
  int max_log_pages = 64'000;
};

}  // namespace gatewright::storage
