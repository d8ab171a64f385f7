// Takes every key in its config, so that nobody is told of a typo.
#include "healthy.h"

BAD_PLUGIN("bad.lax-config", it.offer.config_schema = R"({"type": "object"})")
