// engine/cel/evaluator.h: walks the tree of an expression and finds its value. Total: it ends, for
// any tree and any bindings, within its cost limit. One evaluation is one thread's.
#pragma once

#include "engine/cel/bindings.h"
#include "engine/cel/node.h"
#include "engine/cel/source.h"

namespace gatewright::cel {

Evaluation Evaluate(const Node& root, const Source& source, const Bindings& bindings,
                    const RunOptions& options);

}  // namespace gatewright::cel
