// tests/cel/proto_value.h: values and types of the conformance files as ours.
#pragma once

#include "engine/cel/type.h"
#include "engine/cel/value.h"
#include "tests/cel/textproto.h"

namespace gatewright::cel::testing {

// Of cel.expr.Value; throws std::runtime_error for what expressions here do not have.
Value ToValue(const Message& message);
// Of cel.expr.Type.
Type ToType(const Message& message);

// The same kind and the same value, NaN being the same as NaN and 0.0 not as -0.0: stricter than
// equality in the language.
bool AreSame(const Value& a, const Value& b);

}  // namespace gatewright::cel::testing
