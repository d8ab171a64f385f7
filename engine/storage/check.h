// engine/storage/check.h: proves that a database's log is whole and that everything else in it is
// what the log says. Works while a server runs: it reads one committed state.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/ports/store.h"

namespace gatewright::storage {

// Do the entries of a run say when its timer of this kind is due? The others wake it to look at
// something outside its log, which may move without leaving a trace there: not compared.
constexpr bool IsOfTheLog(core::TimerKind kind) {
  return kind == core::TimerKind::kGateDeadline || kind == core::TimerKind::kStartAttempt ||
         kind == core::TimerKind::kDraft;
}

// What a run's entries lead to. `row.head` and `row.head_hash` are ignored.
struct Projection {
  ports::RunRow row;
  std::vector<ports::TimerRow> timers;      // in any order; IsOfTheLog ones
  std::vector<ports::AttemptRow> attempts;  // the open ones, in any order
  std::vector<ports::LockRow> locks;        // what it holds or waits for, in any order
  std::int64_t newest_ticket = 0;           // of those the run ever had; 0 = none
};

// Replays the entries of one run, first to newest. An Error is reported as a problem of that run.
using ReplayFn = std::function<Result<Projection>(const std::vector<ports::Entry>& entries)>;

// Reads the installation's own entries, first to newest; an Error is reported as a problem.
using ReplaySiteFn = std::function<Result<void>(const std::vector<ports::Entry>& entries)>;

struct CheckReport {
  std::string problem;  // the first one found, in a sentence that names the row; empty = none
  std::int64_t entries = 0;
  std::int64_t site_entries = 0;  // of these, the installation's own
  std::int64_t runs = 0;
  std::int64_t timers = 0;
  std::int64_t attempts = 0;
  std::int64_t locks = 0;
  Position head;

  bool is_good() const { return problem.empty(); }
};

// An Error means that the file could not be read at all. Without `replay`, runs are compared with
// the heads of their logs only; without `replay_site`, so is the installation. Memory is bounded by
// the longest run.
//
// What it cannot see: entries cut off the end together with every trace of them. Compare `head` and
// the newest hash with a copy kept elsewhere for that.
Result<CheckReport> CheckDatabase(const std::string& path, const ReplayFn& replay,
                                  const ReplaySiteFn& replay_site = nullptr);

}  // namespace gatewright::storage
