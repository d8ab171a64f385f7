// engine/core/world.h: what `Decide` may know beyond the run: values that others change, as they
// are at this moment. Borrowed for the call. Everything absent means: there is none.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "engine/core/calendar.h"
#include "engine/core/locks.h"
#include "engine/core/site.h"

namespace gatewright::core {

using Calendars = std::map<std::string, std::shared_ptr<const Calendar>, std::less<>>;

struct World {
  const Site* site = nullptr;
  const LockTable* locks = nullptr;
  const Calendars* calendars = nullptr;
  bool has_directory = false;   // the people are known: who is eligible can be listed
  bool has_free_worker = true;  // an attempt that starts now is called now
};

}  // namespace gatewright::core
