// Answers with a value that is none, as zeroed memory would.
#include "healthy.h"

BAD_PLUGIN(
    "bad.unknown-value", it.functions.check = [](void*, const gw_question*, const gw_call* call) {
      const gw_eligibility answer = {sizeof answer, 0, gw_text("?")};
      call->answer_eligibility(call, &answer);
      return gw_status{GW_OK};
    })
