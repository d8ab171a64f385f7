// Leaves a child behind.
#include <unistd.h>
#include <cstdlib>
#include "kit.h"

HOSTILE({
  if (fork() < 0) std::abort();
  (void)call;
})
