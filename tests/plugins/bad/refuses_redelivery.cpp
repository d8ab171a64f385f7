// Delivers an event once, and takes its redelivery for a mistake.
#include <string>

#include "healthy.h"

namespace {
std::string last;
}

BAD_PLUGIN(
    "bad.refuses-redelivery", it.BeNotifier();
    it.notifier.deliver = [](void* self, const gw_event* event, const gw_call* call) {
      const std::string id(event->id.data, event->id.size);
      if (id == last) {
        call->fail(call, gw_text("delivered already"));
        return gw_status{GW_INVALID_ARGUMENT};
      }
      last = id;
      return bad::Deliver(self, event, call);
    })
