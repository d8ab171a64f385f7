// Is told to stop, and sleeps on.
#include <unistd.h>

#include "kit.h"

HOSTILE(for (int i = 0; i < 3600; ++i) sleep(1); (void)call)
