// Cannot give back what it makes.
#include "healthy.h"

BAD_PLUGIN("bad.missing-destroy", it.offer.destroy = nullptr)
