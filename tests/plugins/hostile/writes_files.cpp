// Leaves a file behind.
#include <fcntl.h>

#include <cstdlib>

#include "kit.h"

HOSTILE(if (open("/tmp/gatewright-hostile", O_WRONLY | O_CREAT, 0600) < 0) std::abort(); (void)call)
