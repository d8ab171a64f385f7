// engine/core/calendar.h: when actions may start, and how business time passes, as the core asks
// it. Implemented by engine/calendar. Immutable; thread-safe; every answer is a pure function of
// its arguments.
#pragma once

#include <optional>
#include <string>

#include "engine/base/time.h"

namespace gatewright::core {

// The calendar at one moment.
struct Opening {
  bool is_open = true;
  std::optional<Time> changes_at;  // when it next opens or closes; none = not within its horizon
  std::string reason;              // for people: "closed by 'year-end freeze' until …"

  bool operator==(const Opening&) const = default;
};

class Calendar {
 public:
  virtual ~Calendar() = default;

  virtual Opening At(Time at) const = 0;
  // The first moment, not before `from`, at which it is open and stays so for at least `runway`.
  // None: never within its horizon (five years).
  virtual std::optional<Time> NextOpen(Time from, Duration runway) const = 0;
  // The moment at which `open_time` of open time has passed since `from`: the business clock.
  virtual std::optional<Time> AfterOpenTime(Time from, Duration open_time) const = 0;
};

}  // namespace gatewright::core
