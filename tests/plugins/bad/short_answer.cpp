// Answers with a struct that ends before its value.
#include "healthy.h"

BAD_PLUGIN(
    "bad.short-answer", it.functions.check = [](void*, const gw_question*, const gw_call* call) {
      const gw_eligibility answer = {4, GW_ELIGIBLE, gw_text("?")};
      call->answer_eligibility(call, &answer);
      return gw_status{GW_OK};
    })
