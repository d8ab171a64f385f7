// Calls itself for ever.

#include "kit.h"

namespace {
int Deep(volatile int n) {
  volatile char big[4096];
  big[0] = static_cast<char>(n);
  return Deep(n + 1) + big[0];
}
}  // namespace
HOSTILE({
  volatile int x = Deep(0);
  (void)x;
  (void)call;
})
