// Answers with a null pointer.
#include "healthy.h"

BAD_PLUGIN(
    "bad.null-answer", it.functions.check = [](void*, const gw_question*, const gw_call* call) {
      call->answer_eligibility(call, nullptr);
      return gw_status{GW_OK};
    })
