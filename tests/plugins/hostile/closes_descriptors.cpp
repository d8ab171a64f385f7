// Closes every descriptor.
#include <unistd.h>

#include "kit.h"

HOSTILE(for (int fd = 0; fd < 4096; ++fd) close(fd); (void)call)
