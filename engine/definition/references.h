// engine/definition/references.h: checks `${subject.version}` inside the settings of plugins, so
// that a misspelled path is found when the file is read and not when a run needs it.
#pragma once

#include "engine/definition/context.h"
#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

enum class ReferenceUse {
  kAction = 1,  // executors: filled in for every attempt
  kLockKey,     // filled in when a run is created: no stage was reached yet
  kRecipient,   // notifiers of people: filled in for each of them
  kNotHere,     // everything else: would be passed on as it is
};

// Reports every bad reference in the strings of `node` and below. Where the subject's schema says
// which properties there are and allows no others, paths are checked against it; the forms of
// earlier stages always are.
void CheckReferences(const Node& node, const LoadContext& context, ReferenceUse use,
                     const Scope& scope);

}  // namespace gatewright::definition
