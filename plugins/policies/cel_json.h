// plugins/policies/cel_json.h: the SDK's JSON as values and types of the expression language.
// Pure; any thread.
#pragma once

#include <gatewright/json.hpp>

#include "engine/cel/type.h"
#include "engine/cel/value.h"

namespace gatewright::policies {

// 3 is an int, 3.0 a double, an object a map. Where `type` says double, 3 is a double, too.
cel::Value ToCel(const Json& json, const cel::Type& type = {});

// What a JSON Schema tells about the values it describes: what it does not tell is dyn. An object
// whose schema lists properties has these fields only, unless additionalProperties is there and
// is not false.
cel::Type TypeOfSchema(const Json& schema);

// The type of a constant.
cel::Type TypeOfValue(const cel::Value& value);

}  // namespace gatewright::policies
