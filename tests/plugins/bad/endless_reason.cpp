// Gives a reason of a megabyte, not all of it UTF-8.
#include "healthy.h"

BAD_PLUGIN(
    "bad.endless-reason", it.functions.check = [](void*, const gw_question*, const gw_call* call) {
      static char text[1024 * 1024];
      for (char& c : text) c = (char)0xE4;
      text[0] = (char)0xC3, text[1] = (char)0xA4;
      const gw_eligibility answer = {sizeof answer, GW_NOT_ELIGIBLE, {text, sizeof text}};
      call->answer_eligibility(call, &answer);
      return gw_status{GW_OK};
    })
