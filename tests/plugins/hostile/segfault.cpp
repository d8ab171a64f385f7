// Writes to where nothing is.

#include "kit.h"

HOSTILE({
  volatile int* nowhere = nullptr;
  *nowhere = 1;
  (void)call;
})
