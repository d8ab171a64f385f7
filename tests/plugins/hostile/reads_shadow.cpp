// Reads the passwords.
#include <fcntl.h>

#include <cstdlib>

#include "kit.h"

HOSTILE(if (open("/etc/shadow", O_RDONLY) < 0) std::abort(); (void)call)
