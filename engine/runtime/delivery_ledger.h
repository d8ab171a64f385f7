// engine/runtime/delivery_ledger.h: what became of notifications, on its way into the store. Rows
// gather for a moment and go along with the commands' own commits, so that no command waits for
// them. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/ports/log.h"
#include "engine/ports/store.h"
#include "engine/runtime/command_loop.h"

namespace gatewright::runtime {

class DeliveryLedger {
 public:
  DeliveryLedger(CommandLoop& loop, ports::Log& log, std::string cursor)
      : loop_(loop), log_(log), cursor_name_(std::move(cursor)) {}
  ~DeliveryLedger() { Stop(); }

  void Start();
  // Hands over what is left; the loop still runs.
  void Stop();

  void Put(ports::DeliveryRow row);
  // Everything up to `told` is in these rows or in earlier ones; written together.
  void Put(std::vector<ports::DeliveryRow> rows, Position told);
  void Close(ports::ClosedLane lane);
  void Open(const std::string& lane);

  // Waits until what has been put so far is written; not for long when the store is in trouble.
  // Not on the loop's thread.
  void Settle();

  // As it will be written; nothing when the store has it.
  std::optional<ports::DeliveryRow> Find(std::int64_t id) const;
  std::map<std::int64_t, ports::DeliveryRow> Unwritten(const std::string& lane) const;
  std::size_t size() const;

 private:
  struct Page {
    std::map<std::int64_t, ports::DeliveryRow> rows;
    std::map<std::string, ports::ClosedLane> close;
    std::set<std::string> open;
    std::optional<Position> cursor;

    bool is_empty() const { return rows.empty() && close.empty() && open.empty() && !cursor; }
  };

  void Run();
  void Submit();
  void Written(bool is_written);

  CommandLoop& loop_;
  ports::Log& log_;
  const std::string cursor_name_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Page next_;
  Page under_way_;  // handed to the loop
  bool is_under_way_ = false;
  bool is_refused_ = false;                           // the last page: the next one waits a little
  bool is_hurried_ = false;                           // somebody waits for it
  std::uint64_t said_ = 0, going_ = 0, written_ = 0;  // how much was put; under way; written
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace gatewright::runtime
