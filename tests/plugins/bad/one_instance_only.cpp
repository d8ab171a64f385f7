// Keeps its state outside of the instance, so that there can be only one.
#include <atomic>

#include "healthy.h"

namespace {
std::atomic<int> instances{0};
}

BAD_PLUGIN(
    "bad.one-instance-only", it.offer.create =
                                 [](gw_string config, const gw_call* call, void** instance) {
                                   if (instances.fetch_add(1) > 0) {
                                     --instances;
                                     return gw_status{GW_UNAVAILABLE};
                                   }
                                   return bad::Create(config, call, instance);
                                 };
    it.offer.destroy = [](void*) { --instances; })
