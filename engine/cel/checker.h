// engine/cel/checker.h: finds what can never work before anything is evaluated: unknown variables,
// fields and functions, arguments of the wrong type, broken patterns and times. Any thread.
#pragma once

#include "engine/base/result.h"
#include "engine/cel/declarations.h"
#include "engine/cel/node.h"
#include "engine/cel/source.h"
#include "engine/cel/type.h"

namespace gatewright::cel {

// Points every call and operator at its function, or leaves null where there is none.
void ResolveFunctions(Node& node, bool with_decisions);

// The type of the whole, or every mistake (up to kMaxProblems, one a line). Also prepares patterns
// that are literals. Needs resolved functions.
Result<Type> Check(Node& root, const Source& source, const Declarations& declarations,
                   bool with_decisions);

}  // namespace gatewright::cel
