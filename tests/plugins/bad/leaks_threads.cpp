// Leaves a thread behind for every instance.
#include <unistd.h>

#include <thread>

#include "healthy.h"

BAD_PLUGIN(
    "bad.leaks-threads", it.offer.create = [](gw_string, const gw_call*, void** instance) {
      *instance = nullptr;
      std::thread([] {
        for (;;) pause();
      }).detach();
      return gw_status{GW_OK};
    })
