// Answers, and then returns a status that is none.
#include "healthy.h"

BAD_PLUGIN(
    "bad.unknown-status",
    it.functions.check = [](void* self, const gw_question* question, const gw_call* call) {
      bad::Check(self, question, call);
      return gw_status{77};
    })
