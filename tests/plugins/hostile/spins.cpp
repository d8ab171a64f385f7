// Never returns, and is busy.

#include "kit.h"

HOSTILE({
  volatile unsigned long n = 0;
  for (;;) n = n + 1;
  (void)call;
})
