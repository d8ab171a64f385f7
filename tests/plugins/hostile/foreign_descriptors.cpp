// Writes to every descriptor that may be somebody else's.
#include <unistd.h>

#include "kit.h"

HOSTILE(for (int fd = 4; fd < 4096; ++fd) {
  const auto n = write(fd, "garbage garbage garbage", 23);
  (void)n;
}(void)call)
