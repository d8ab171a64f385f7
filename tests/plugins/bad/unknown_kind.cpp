// Offers a kind that nobody knows.
#include "healthy.h"

BAD_PLUGIN("bad.unknown-kind", it.offer.kind = "gw.oracle/1")
