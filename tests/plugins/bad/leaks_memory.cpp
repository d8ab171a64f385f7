// Keeps what belongs to an instance that is gone.
#include <cstdlib>

#include "healthy.h"

BAD_PLUGIN(
    "bad.leaks-memory", it.offer.create = [](gw_string, const gw_call*, void** instance) {
      *instance = std::malloc(100);
      return gw_status{*instance == nullptr ? GW_UNAVAILABLE : GW_OK};
    })
