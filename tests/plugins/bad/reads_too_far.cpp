// Reads a member that no server has that speaks the ABI it was built for.
#include "healthy.h"

namespace {
struct NextContext {
  gw_context today;
  gw_string some_day;
};
}  // namespace

BAD_PLUGIN(
    "bad.reads-too-far", it.BePolicy();
    it.policy.evaluate = [](void* self, const gw_context* context, const gw_call* call) {
      const auto* const next = reinterpret_cast<const NextContext*>(context);
      const volatile size_t size = next->some_day.size;
      return size == 7 ? gw_status{GW_UNAVAILABLE} : bad::Evaluate(self, context, call);
    })
