// Throws out of create().
#include "healthy.h"

BAD_PLUGIN(
    "bad.throws-in-create",
    it.offer.create = [](gw_string, const gw_call*, void**) -> gw_status { throw 7; })
