// Looks into the server.
#include <sys/ptrace.h>
#include <unistd.h>

#include <cstdlib>

#include "kit.h"

HOSTILE(if (ptrace(PTRACE_SEIZE, getppid(), nullptr, nullptr) != 0) std::abort(); (void)call)
