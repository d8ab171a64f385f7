// engine/core/impact.h: what another version of a workflow would ask of a run that is still open:
// for people, before it takes effect. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "engine/core/run.h"
#include "engine/core/workflow.h"

namespace gatewright::core {

enum class ImpactKind {
  kMoreApprovers = 1,  // the open gate would need more people
  kFewerApprovers,
  kOtherApprovers,  // others would be eligible, or counted in another way
  kImpossible,      // nobody knows enough eligible people
  kStageRemoved,    // the stage the run is at is not there
  kStageAdded,      // a stage before it would be asked first
  kLockChanges,
  kCalendarChanges,
};
inline constexpr std::size_t kImpactKinds = 8;
std::string_view ToString(ImpactKind kind);

struct ImpactNote {
  ImpactKind kind = ImpactKind::kOtherApprovers;
  std::string detail;

  bool operator==(const ImpactNote&) const = default;
};

struct RunImpact {
  RunId run;
  std::string name;
  StageName stage;
  std::vector<ImpactNote> notes;

  bool operator==(const RunImpact&) const = default;
};

// Of publishing a version, over the open runs of its workflow.
struct Impact {
  bool is_new = false;              // nothing of that name was published before
  bool is_same = false;             // it is what is published already
  std::size_t open_runs = 0;        // looked at
  bool is_complete = true;          // false: there are more open runs than were looked at
  std::vector<RunImpact> affected;  // would be asked something else, if they were moved
};

// Empty: moving the run to `next` would change nothing for it. `run` is pinned to `now`.
std::vector<ImpactNote> ImpactOn(const Run& run, const Workflow& now, const Workflow& next);

// The fewest people who can satisfy these rules, where one person fills one slot.
std::uint32_t FewestPeople(const Rule& rule);

}  // namespace gatewright::core
