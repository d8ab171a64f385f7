// Leaves a file open for every instance.
#include <fcntl.h>

#include "healthy.h"

BAD_PLUGIN(
    "bad.leaks-descriptors", it.offer.create = [](gw_string, const gw_call*, void** instance) {
      *instance = nullptr;
      return gw_status{open("/dev/null", O_RDONLY) < 0 ? GW_UNAVAILABLE : GW_OK};
    })
