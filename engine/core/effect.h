// engine/core/effect.h: what the outside must do because of a decision, as values. The runtime
// keeps them in the store, in the transaction of the events that caused them.
#pragma once

#include <variant>

#include "engine/base/ids.h"
#include "engine/base/time.h"

namespace gatewright::core {

// Call the executor: the attempt is started and its intent is in the log.
struct CallExecutor {
  StageName stage;
  AttemptNumber number{1};

  bool operator==(const CallExecutor&) const = default;
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

enum class TimerKind { kGateDeadline = 1, kStartAttempt };

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

using Effect = std::variant<CallExecutor, StopExecutor, AskPolicies, SetTimer, ClearTimer>;

}  // namespace gatewright::core
