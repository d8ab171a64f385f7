// Says that its table is shorter than ABI 1.0.
#include "healthy.h"

BAD_PLUGIN("bad.short-plugin", it.plugin.struct_size = 16)
