// engine/cel/compare.h: when two values are equal, and which comes first. Numbers compare by what
// they stand for, whatever their type; an int meets a double as a double. Pure; any thread.
#pragma once

#include <compare>
#include <optional>

#include "engine/cel/budget.h"
#include "engine/cel/value.h"

namespace gatewright::cel {

// Values of different kinds are unequal, never an error. Spends on what it walks over; when the
// budget runs out the answer is false and does not count.
bool AreEqual(const Value& a, const Value& b, Budget& budget);

// Empty when the two have no order. Unordered when one is NaN.
std::optional<std::partial_ordering> Order(const Value& a, const Value& b, Budget& budget);

// Of numbers only.
std::partial_ordering OrderNumbers(const Value& a, const Value& b);

}  // namespace gatewright::cel
