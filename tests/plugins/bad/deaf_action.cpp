// An action that looks at its deadline, and never at whether it was cancelled.
#include <unistd.h>

#include "healthy.h"

BAD_PLUGIN(
    "bad.deaf-action", it.BeExecutor();
    it.executor.start = [](void*, const gw_attempt*, const gw_call* call) {
      while (call->remaining_ms(call) > 0) usleep(10'000);
      return bad::Report(call);
    })
