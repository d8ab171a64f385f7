// Counts an offer that is not there.
#include "healthy.h"

BAD_PLUGIN("bad.null-offer", it.offers[0] = nullptr)
