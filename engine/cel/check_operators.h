// engine/cel/check_operators.h: comparisons that are allowed but can only have one outcome, which
// is never what somebody meant. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/cel/type.h"

namespace gatewright::cel {

// Could a value of one type equal one of the other? Numbers of any type can, null always.
bool CanBeEqual(const Type& a, const Type& b);

// Empty, or why this == != or in makes no sense.
std::string FindOperatorProblem(std::string_view symbol, std::span<const Type> operands);

}  // namespace gatewright::cel
