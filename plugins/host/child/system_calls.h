// plugins/host/child/system_calls.h: which system calls a plugin's process may make, by seccomp.
#pragma once

#include "engine/base/result.h"

namespace gatewright::host {

// From here on, for this process: what reaches other processes, the kernel itself or, without
// leave, the network or new programs, fails with EPERM as if the user might not do it.
Result<void> RestrictSystemCalls(bool with_network, bool with_processes);

}  // namespace gatewright::host
