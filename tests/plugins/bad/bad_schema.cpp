// Has a config schema that is none.
#include "healthy.h"

BAD_PLUGIN("bad.bad-schema", it.offer.config_schema = R"({"type": "strng"})")
