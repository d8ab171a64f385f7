// engine/numbers/ledger.h: what the log says of every run, short enough to be kept for all of them
// and counted when somebody asks. Fed with the events in the order of the log. One thread.
//
// A run takes some 700 bytes. Of the runs that have ended, the newest `most` are kept.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/ids.h"
#include "engine/core/event.h"
#include "engine/numbers/numbers.h"

namespace gatewright::numbers {

struct StageFacts {
  std::uint32_t stage = 0;  // a name's index
  Duration people{};
  Duration held{};
  Duration machine{};
  GateNumbers gates{};
};

// What is only known of a run that has not ended.
struct Way;

struct RunFacts {
  RunFacts();
  RunFacts(RunFacts&&) noexcept;
  RunFacts& operator=(RunFacts&&) noexcept;
  ~RunFacts();

  std::uint32_t workflow = 0;
  std::size_t target = 0;  // what it changes, the workflow and its locks, as a hash
  bool is_submitted = false;
  bool has_acted = false;
  bool has_failed = false;
  Time submitted;
  std::optional<Time> ended;
  core::RunOutcome outcome = core::RunOutcome::kSucceeded;
  std::uint64_t newest_failure = 0;  // its number, from 1; 0: none
  std::vector<StageFacts> stages;
  std::unique_ptr<Way> way;  // null: it has ended
};

class Ledger {
 public:
  explicit Ledger(std::size_t most = 200'000);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  void Take(RunId run, Time at, const std::vector<core::Event>& events);
  Numbers Count(const Question& question) const;

  std::size_t runs() const { return runs_.size(); }

 private:
  class Reader;  // of one run's events

  struct Failure {
    std::uint32_t workflow = 0;
    Time at;
    std::optional<Time> restored;
  };

  std::uint32_t Know(const std::string& name);
  Failure* Find(std::uint64_t number);  // null: forgotten, or none
  void Failed(RunFacts& facts, Time at);
  void ForgetFailures();
  void Restored(std::size_t target, Time at);
  void Ended(RunId run, RunFacts& facts, Time at, core::RunOutcome outcome);

  const std::size_t most_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t> name_index_;
  std::unordered_map<RunId, RunFacts> runs_;
  std::deque<std::pair<RunId, Time>>
      in_order_of_end_;           // one that was taken up again is there twice
  std::deque<Failure> failures_;  // the newest; the first of them has this number:
  std::uint64_t first_failure_ = 1;
  // By target: the numbers of failures that nothing has succeeded after.
  std::unordered_map<std::size_t, std::vector<std::uint64_t>> unrestored_;
  std::optional<Time> known_since_;
};

}  // namespace gatewright::numbers
