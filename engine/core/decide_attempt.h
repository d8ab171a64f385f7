// engine/core/decide_attempt.h: what may happen to an action: its attempts, retries and the
// incident when nobody knows how one ended. Private to the core; `Decide` is the door.
#pragma once

#include "engine/core/case.h"
#include "engine/core/decide.h"

namespace gatewright::core {

// An attempt whose engine died is repeated by itself at most this often per stage beyond its retry
// rule, so that an action that kills the engine cannot do so for ever.
constexpr std::uint32_t kMaxCrashReruns = 5;

Decision DecideStart(const Case& at, const StartAttempt& command);
Decision DecideHandOver(const Case& at, const HandOver& command);
Decision DecideFinish(const Case& at, const FinishAttempt& command);
Decision DecideResolve(const Case& at, const ResolveIncident& command);
Decision DecideStale(const Case& at, const MarkStale& command);

// How long to wait before try `next` (2, 3 …); `jitter` in [0, 1) spreads it over [half, whole].
Duration BackoffBefore(std::uint32_t next, const RetryRule& retry, double jitter);

}  // namespace gatewright::core
