// Answers, and then says that the call failed.
#include "healthy.h"

BAD_PLUGIN(
    "bad.fails-after-answer",
    it.functions.check = [](void* self, const gw_question* question, const gw_call* call) {
      bad::Check(self, question, call);
      call->fail(call, gw_text("the directory is down"));
      return gw_status{GW_UNAVAILABLE};
    })
