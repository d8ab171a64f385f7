// engine/cel/parser.h: from text to tree. Any thread.
#pragma once

#include "engine/base/result.h"
#include "engine/cel/node.h"
#include "engine/cel/source.h"

namespace gatewright::cel {

// The grammar of the CEL specification without messages. Functions and variables may be any: the
// checker knows them.
Result<NodePointer> Parse(const Source& source);

}  // namespace gatewright::cel
