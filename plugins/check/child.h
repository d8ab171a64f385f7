// plugins/check/child.h: the process in which one check is made.
#pragma once

namespace gatewright::check {

// `gatewright plugin-check-child`, as Conformance starts it. Call it first in main, while there is
// one thread. 2 = nobody told it what to check.
int RunCheckChild();

}  // namespace gatewright::check
