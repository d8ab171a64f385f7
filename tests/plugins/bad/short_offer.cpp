// Says that its offer is shorter than ABI 1.0.
#include "healthy.h"

BAD_PLUGIN("bad.short-offer", it.offer.struct_size = 8)
