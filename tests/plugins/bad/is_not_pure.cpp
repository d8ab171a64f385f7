// Says that it is pure, and answers the same question otherwise the next time.
#include "healthy.h"

BAD_PLUGIN(
    "bad.is-not-pure", it.functions.check = [](void*, const gw_question*, const gw_call* call) {
      static int count = 0;
      const gw_eligibility answer = {
          sizeof answer, ++count % 2 == 0 ? GW_ELIGIBLE : GW_NOT_ELIGIBLE, gw_text("?")};
      call->answer_eligibility(call, &answer);
      return gw_status{GW_OK};
    })
