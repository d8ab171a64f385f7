// Kills the server.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

#include "kit.h"

HOSTILE(if (kill(getppid(), SIGKILL) != 0) std::abort(); (void)call)
