// Handles a signal of the whole server, as soon as it is loaded.
#include <signal.h>

#include "healthy.h"

namespace {
const auto before = signal(SIGUSR1, SIG_IGN);
}

BAD_PLUGIN("bad.handles-signals", (void)before)
