// A healthy approver in plain ABI terms. Every file in this folder breaks one thing of it, and the
// host has to say which.
#pragma once

#include <gatewright/plugin.h>

namespace bad {

inline gw_status Create(gw_string, const gw_call*, void** instance) {
  *instance = nullptr;
  return GW_OK;
}

inline gw_status Check(void*, const gw_question*, const gw_call* call) {
  const gw_eligibility answer = {sizeof answer, GW_ELIGIBLE, gw_text("always")};
  call->answer_eligibility(call, &answer);
  return GW_OK;
}

inline void Destroy(void*) {}

// Not const, so that it can be broken.
struct Healthy {
  explicit Healthy(const char* name)
      : functions{sizeof functions, 0, &Check},
        offer{sizeof offer,
              GW_CONCURRENT | GW_PURE,
              GW_KIND_APPROVER,
              name,
              "Always eligible.",
              R"({"additionalProperties": false})",
              &Create,
              &Destroy,
              &functions},
        offers{&offer, &offer},
        plugin{sizeof plugin, GW_ABI_MAJOR, GW_ABI_MINOR, 1, name, "1.0.0", offers} {}

  gw_approver functions;
  gw_offer offer;
  const gw_offer* offers[2];
  gw_plugin plugin;
};

}  // namespace bad

// BAD_PLUGIN("name", it.plugin.abi_major = 7): the healthy plugin after that statement.
#define BAD_PLUGIN(name, ...)              \
  const gw_plugin* gw_plugin_entry(void) { \
    static bad::Healthy it(name);          \
    __VA_ARGS__;                           \
    return &it.plugin;                     \
  }
