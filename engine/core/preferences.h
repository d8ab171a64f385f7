// engine/core/preferences.h: how somebody wants to be told of what happens. Plain values, read-only
// after they were made; any thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/ids.h"
#include "engine/base/time.h"

namespace gatewright::core {

using TimeOfDay = std::chrono::minutes;  // since midnight

// A clock on somebody's wall. Implemented by engine/calendar.
class LocalClock {
 public:
  virtual ~LocalClock() = default;
  virtual TimeOfDay At(Time time) const = 0;
  // The first moment after `time` at which it shows `time_of_day`, as far as it ever does that day.
  virtual Time Next(TimeOfDay time_of_day, Time time) const = 0;
};

// From `from` until `to` of the next day when `to` is not later.
struct QuietHours {
  TimeOfDay from{0};
  TimeOfDay to{0};
  std::shared_ptr<const LocalClock> clock;
};

struct Digest {
  TimeOfDay at{0};
  std::shared_ptr<const LocalClock> clock;
};

struct Preferences {
  std::map<std::string, std::string> addresses;  // by what settings call them: "email", "slack"
  bool only_needed = false;  // of gates that miss their vote, whatever a rule says
  std::optional<QuietHours> quiet_hours;
  std::optional<Digest> digest;
};

using PreferencesBook = std::map<PrincipalId, Preferences>;

}  // namespace gatewright::core
