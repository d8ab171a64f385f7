// engine/cel/inputs.h: which variables an expression reads. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/cel/node.h"
#include "engine/cel/source.h"

namespace gatewright::cel {

// Paths as they are written ("subject.amount"), each once, without the variables of macros.
std::vector<std::string> FindInputs(const Node& root, const Source& source);

}  // namespace gatewright::cel
