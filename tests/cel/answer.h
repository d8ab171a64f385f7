// tests/cel/answer.h: spells values letter by letter like second-opinion/answers.mjs.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/cel/value.h"

namespace gatewright::cel::testing {

std::string ToAnswer(const Value& value);
std::string ToAnswer(const Result<Value>& value);  // "error" for any error

}  // namespace gatewright::cel::testing
