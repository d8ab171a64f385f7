// Offers something under a name that no workflow file could spell.
#include "healthy.h"

BAD_PLUGIN("bad.bad-name", it.offer.name = "On Call\n")
