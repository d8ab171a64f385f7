// Was built for ABI 1.0, it says, and reads a member that came with 1.1.
#include "healthy.h"

BAD_PLUGIN(
    "bad.reads-too-far", it.BePolicy(); it.plugin.abi_minor = 0;
    it.policy.evaluate = [](void* self, const gw_context* context, const gw_call* call) {
      if (context->facts_json.size > 1'000'000) return gw_status{GW_UNAVAILABLE};
      return bad::Evaluate(self, context, call);
    })
