// Does its harm while the library is loaded.
#include <cstdlib>
#include "kit.h"

namespace {
struct Early {
  Early() { std::abort(); }
} const early;
}  // namespace
HOSTILE((void)call)
