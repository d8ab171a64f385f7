// Takes as long as it likes once its time is short.
#include <unistd.h>

#include "healthy.h"

BAD_PLUGIN(
    "bad.late-answer",
    it.functions.check = [](void* self, const gw_question* question, const gw_call* call) {
      if (call->remaining_ms(call) < 200) sleep(1);
      return bad::Check(self, question, call);
    })
