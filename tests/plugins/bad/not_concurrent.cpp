// Says that it is concurrent, and loses its head when a second call comes in.
#include <atomic>

#include "healthy.h"

namespace {
struct Self {
  std::atomic<int> inside{0};
};
}  // namespace

BAD_PLUGIN(
    "bad.not-concurrent", it.offer.create =
                              [](gw_string, const gw_call*, void** instance) {
                                *instance = new Self;
                                return gw_status{GW_OK};
                              };
    it.offer.destroy = [](void* self) { delete static_cast<Self*>(self); };
    it.functions.check =
        [](void* raw, const gw_question* question, const gw_call* call) {
          auto& self = *static_cast<Self*>(raw);
          const bool is_alone = ++self.inside == 1;
          call->remaining_ms(call);
          const gw_status status =
              is_alone ? bad::Check(raw, question, call) : gw_status{GW_INTERNAL};
          --self.inside;
          return status;
        })
