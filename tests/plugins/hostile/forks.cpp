// Forks for ever.
#include <unistd.h>
#include <cstdlib>
#include "kit.h"

HOSTILE({
  int started = 0;
  for (int i = 0; i < 10000; ++i) {
    if (fork() == 0)
      pause();
    else
      ++started;
  }
  (void)started;
  (void)call;
})
