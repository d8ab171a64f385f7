// Answers twice: eligible both times.
#include "healthy.h"

BAD_PLUGIN(
    "bad.answers-twice",
    it.functions.check = [](void* self, const gw_question* question, const gw_call* call) {
      bad::Check(self, question, call);
      return bad::Check(self, question, call);
    })
