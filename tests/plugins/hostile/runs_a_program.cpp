// Starts a shell.
#include <cstdlib>
#include "kit.h"

HOSTILE({
  if (std::system("true") != 0) std::abort();
  (void)call;
})
