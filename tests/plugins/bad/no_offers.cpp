// Offers nothing.
#include "healthy.h"

BAD_PLUGIN("bad.no-offers", it.plugin.offer_count = 0)
