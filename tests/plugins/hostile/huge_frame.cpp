// Announces a frame of four gigabytes.
#include <unistd.h>

#include "kit.h"

HOSTILE(const unsigned char head[5] = {0xff, 0xff, 0xff, 0xff, 9}; const auto n = write(3, head, 5);
        (void)n; for (;;) pause(); (void)call)
