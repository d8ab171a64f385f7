// Opens a file as soon as it is loaded.
#include <fcntl.h>

#include "healthy.h"

namespace {
const int opened = open("/dev/null", O_RDONLY);
}

BAD_PLUGIN("bad.opens-when-loaded", (void)opened)
