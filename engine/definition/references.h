// engine/definition/references.h: checks `${subject.version}` inside the settings of plugins, so
// that a misspelled path is found when the file is read and not when a run needs it.
#pragma once

#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

enum class ReferenceUse {
  kFilledIn = 1,  // executors: filled in for every attempt
  kNotHere,       // everything else: would be passed on as it is
};

// Reports every bad reference in the strings below `with`. `subject_schema` may be null; where it
// says which properties a subject has and allows no others, paths are checked against it.
void CheckReferences(const Node& with, const Node* subject_schema, ReferenceUse use,
                     const Scope& scope);

}  // namespace gatewright::definition
