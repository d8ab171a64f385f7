// An approver that answers like a policy.
#include "healthy.h"

BAD_PLUGIN(
    "bad.wrong-answer-kind",
    it.functions.check = [](void*, const gw_question*, const gw_call* call) {
      const gw_verdict answer = {sizeof answer, GW_APPROVE, 0, gw_text("yes"), {nullptr, 0}};
      call->answer_verdict(call, &answer);
      return gw_status{GW_OK};
    })
