// Takes structs of its own length only, so that no newer server can use it.
#include "healthy.h"

BAD_PLUGIN(
    "bad.counts-bytes",
    it.functions.check = [](void* self, const gw_question* question, const gw_call* call) {
      if (question->context->struct_size != sizeof(gw_context))
        return gw_status{GW_INVALID_ARGUMENT};
      return bad::Check(self, question, call);
    })
