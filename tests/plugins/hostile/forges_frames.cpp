// Answers on the server's socket by itself.
#include <unistd.h>

#include <cstring>

#include "kit.h"

HOSTILE(char forged[64] = {}; const unsigned size = 59; std::memcpy(forged, &size, 4);
        forged[4] = 9; const auto n = write(3, forged, sizeof forged); (void)n; (void)call)
