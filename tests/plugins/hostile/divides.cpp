// Divides by zero.

#include "kit.h"

HOSTILE({
  volatile int zero = 0;
  volatile int x = 1000 / zero;
  (void)x;
  (void)call;
})
