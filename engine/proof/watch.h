// engine/proof/watch.h: looks at one step of a run and says what it shows: things a workflow must
// never do, and things it must be able to do. Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/decide.h"
#include "engine/proof/model.h"
#include "engine/proof/state.h"
#include "engine/proof/step.h"

namespace gatewright::proof {

enum class SightKind : std::uint8_t {
  // Never.
  kUnsatisfied = 1,  // an action, or the end, without the votes of a gate before it
  kDespiteStop,  // an action although a stop stands, the calendar is closed, others hold the lock
  kDespiteCalendar,
  kDespiteLock,
  kOutlived,  // votes on another subject still count, and the workflow does not say so
  kRepeated,  // an action that had succeeded is done again
  // Perhaps on purpose.
  kByOverride,  // an action, or the end, with a gate that was overridden
  kByTime,      // with a gate that nobody decided: onTimeout: approve
  kUnguarded,   // an action that no gate comes before
  // Hopefully.
  kOpened,     // the stage was reached
  kSatisfied,  // its gate was satisfied by votes
  kPassed,     // the run succeeded, every gate by votes
};

struct Sight {
  SightKind kind = SightKind::kOpened;
  std::uint8_t stage = 0;  // the stage that acts, opens or is satisfied

  auto operator<=>(const Sight&) const = default;
};

// What the step from `before` to `accepted` shows; `passages` becomes what it is afterwards.
std::vector<Sight> Watch(const Model& model, const core::Run& before, const Step& step,
                         const core::Accepted& accepted, std::vector<std::uint8_t>& passages);

}  // namespace gatewright::proof
