// server/api/numbers_book.h: the ledger of numbers, read from the log on a thread of its own: from
// the beginning when somebody asks for the first time, and then only what came since. Thread-safe.
//
// Nothing is read and nothing kept until somebody asks. No question makes its caller wait for more
// than a second of reading: it is answered with what was read so far, and says how far that is.
#pragma once

#include <atomic>
#include <functional>

#include "engine/numbers/ledger.h"
#include "engine/runtime/engine.h"
#include "server/api/background.h"

namespace gatewright::api {

class NumbersBook {
 public:
  explicit NumbersBook(runtime::Engine& engine) : engine_(engine) {}

  struct Found {
    numbers::Numbers numbers;
    Position read;  // of the log, so far
    Position head;
    bool is_complete = false;
  };
  using Done = std::function<void(Result<Found>)>;

  // Calls `done` once, on its thread. False when too many are waiting: then it is not called.
  bool Ask(numbers::Question question, Done done);

 private:
  Result<Found> Answer(const numbers::Question& question);
  Result<bool> ReadOn();  // has all been read?

  runtime::Engine& engine_;
  numbers::Ledger ledger_;  // these two: the thread's
  Position read_;
  std::atomic<int> waiting_{0};
  Background thread_{1};  // last: its jobs use the rest
};

}  // namespace gatewright::api
