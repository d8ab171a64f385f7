// Wants eight gigabytes, and touches them.
#include <cstdlib>
#include <cstring>
#include "kit.h"

HOSTILE({
  for (int i = 0; i < 8192; ++i) std::memset(std::malloc(1 << 20), 1, 1 << 20);
  (void)call;
})
