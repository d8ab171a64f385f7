// Wants its limits back.
#include <sys/resource.h>

#include <cstdlib>

#include "kit.h"

HOSTILE(const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
        if (setrlimit(RLIMIT_AS, &all) != 0) std::abort(); (void)call)
