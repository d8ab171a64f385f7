// Offers the same name twice.
#include "healthy.h"

BAD_PLUGIN("bad.duplicate-name", it.plugin.offer_count = 2)
