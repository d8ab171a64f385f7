// Never ends being loaded.
#include <unistd.h>
#include "kit.h"

namespace {
struct Early {
  Early() {
    for (;;) pause();
  }
} const early;
}  // namespace
HOSTILE((void)call)
