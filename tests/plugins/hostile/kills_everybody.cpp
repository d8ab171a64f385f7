// Kills whoever it may.
#include <signal.h>

#include <cstdlib>

#include "kit.h"

HOSTILE(if (kill(-1, SIGKILL) != 0) std::abort(); (void)call)
