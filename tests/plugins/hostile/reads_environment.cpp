// Looks for secrets in the environment.
#include <unistd.h>

#include <cstdlib>

#include "kit.h"

HOSTILE(if (environ == nullptr || environ[0] == nullptr) std::abort(); (void)call)
