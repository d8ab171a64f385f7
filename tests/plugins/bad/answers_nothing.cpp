// Says that all is well, but not what the answer is.
#include "healthy.h"

BAD_PLUGIN(
    "bad.answers-nothing",
    it.functions.check = [](void*, const gw_question*, const gw_call*) { return gw_status{GW_OK}; })
