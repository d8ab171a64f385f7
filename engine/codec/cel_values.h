// engine/codec/cel_values.h: JSON as values of the expression language, and back. Any thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "engine/cel/value.h"

namespace gatewright::codec {

// 3 is an int (or a uint, when it is too large for one), 3.0 is a double, an object is a map.
cel::Value ToCel(const boost::json::value& value);

// Compact JSON. Times are written as RFC 3339, durations as seconds ("90s"), a decision as an
// object; what JSON does not have (bytes, NaN, types) as the text that an expression would have.
std::string CelToJson(const cel::Value& value);

}  // namespace gatewright::codec
