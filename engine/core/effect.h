// engine/core/effect.h: what the outside must do because of a decision, as values. The runtime
// keeps them in the store, in the transaction of the events that caused them.
#pragma once

#include <variant>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"

namespace gatewright::core {

// Call the executor: the attempt is started and its intent is in the log.
struct CallExecutor {
  StageName stage;
  AttemptNumber number{1};

  bool operator==(const CallExecutor&) const = default;
};

// Start the planned attempt, by StartAttempt, once a worker is free.
struct QueueAttempt {
  StageName stage;
  AttemptNumber number{1};

  bool operator==(const QueueAttempt&) const = default;
};

// Ask a running attempt to stop.
struct StopExecutor {
  StageName stage;
  AttemptNumber number{1};

  bool operator==(const StopExecutor&) const = default;
};

// Ask the gate's policies for their votes.
struct AskPolicies {
  StageName stage;
  Epoch epoch{1};

  bool operator==(const AskPolicies&) const = default;
};

// Ask who is eligible on a gate; answered by RecordEligible.
struct ListEligible {
  StageName stage;
  Epoch epoch{1};

  bool operator==(const ListEligible&) const = default;
};

// These runs lose their place to this one.
struct SupersedeRuns {
  std::vector<RunId> runs;

  bool operator==(const SupersedeRuns&) const = default;
};

enum class TimerKind {
  kGateDeadline = 1,  // the gate's next moment: a reminder, a level, its deadline
  kStartAttempt,
  kLookAgain,  // a hold may end, or votes grow too old
  kLocks,      // the locks' ttl
  kDraft,      // a draft expires
};

// Wake the run at `due`. One timer per kind and run; a new one replaces the old.
struct SetTimer {
  TimerKind kind = TimerKind::kGateDeadline;
  Time due;

  bool operator==(const SetTimer&) const = default;
};

struct ClearTimer {
  TimerKind kind = TimerKind::kGateDeadline;

  bool operator==(const ClearTimer&) const = default;
};

using Effect = std::variant<CallExecutor, StopExecutor, AskPolicies, SetTimer, ClearTimer,
                            ListEligible, SupersedeRuns, QueueAttempt>;

}  // namespace gatewright::core
