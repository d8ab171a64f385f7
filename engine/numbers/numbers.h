// engine/numbers/numbers.h: how long requests take and how often they go wrong: what is asked, and
// what comes out. docs/numbers.md defines every figure. Plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/core/event.h"

namespace gatewright::numbers {

struct Question {
  std::string workflow{};  // empty: all
  Time since;
  Time until;  // not included
  Duration bucket{std::chrono::hours{24}};
};

struct Spread {
  std::int64_t count = 0;
  Duration median{};
  Duration p90{};
  Duration mean{};

  bool operator==(const Spread&) const = default;
};

// Of what was measured; nearest rank.
Spread SpreadOf(std::vector<Duration> durations);

// Of the runs that ended, where they were at this stage at all.
struct StageNumbers {
  std::string workflow;
  std::string stage;
  Spread people;   // waited for people: to decide, to repair
  Spread held;     // approved, but held back: calendar, lock, stop, pause, queue
  Spread machine;  // actions at work, policies deciding alone
};

struct GateNumbers {
  std::int64_t approved = 0;
  std::int64_t approved_by_policy = 0;  // of these: without a person's vote
  std::int64_t overridden = 0;          // of these
  std::int64_t rejected = 0;
  std::int64_t expired = 0;

  bool operator==(const GateNumbers&) const = default;
};

// The four figures of DevOps Research and Assessment. A deployment is a run that began an action.
struct DoraNumbers {
  std::int64_t deployments = 0;   // that succeeded
  Spread lead_time;               // of those
  std::int64_t ended = 0;         // deployments of every outcome
  std::int64_t failed = 0;        // of those
  Spread time_to_restore;         // where that came within the window
  std::int64_t not_restored = 0;  // failed within the window, and nothing has succeeded since
};

struct Bucket {
  Time from;
  std::int64_t submitted = 0;
  std::int64_t ended = 0;
  std::int64_t succeeded = 0;
  std::int64_t rejected = 0;
  std::int64_t deployments = 0;
  std::int64_t failed_deployments = 0;
  std::optional<Duration> lead_time{};  // median
};

struct Numbers {
  std::int64_t submitted = 0;
  std::int64_t ended = 0;
  std::array<std::int64_t, core::kRunOutcomes> outcomes{};  // by RunOutcome, from the first
  Spread lead_time;                                         // of those that succeeded
  GateNumbers gates;
  std::vector<StageNumbers> stages;  // by workflow, then as they are first reached
  DoraNumbers dora;
  std::vector<Bucket> series;
  // Runs that ended before this are known no more; nothing: all are.
  std::optional<Time> known_since;
};

}  // namespace gatewright::numbers
