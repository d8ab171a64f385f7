// Healthy tables in plain ABI terms, one of each kind. Every file in this folder breaks one thing
// of them, and the host or the conformance kit has to say which.
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

inline gw_status Evaluate(void*, const gw_context*, const gw_call* call) {
  gw_verdict answer = {};
  answer.struct_size = sizeof answer;
  answer.choice = GW_ABSTAIN;
  call->answer_verdict(call, &answer);
  return GW_OK;
}

inline gw_status Report(const gw_call* call) {
  gw_report answer = {};
  answer.struct_size = sizeof answer;
  answer.outcome = GW_SUCCEEDED;
  call->answer_report(call, &answer);
  return GW_OK;
}
inline gw_status Start(void*, const gw_attempt*, const gw_call* call) { return Report(call); }

inline gw_status Deliver(void*, const gw_event*, const gw_call* call) {
  const gw_delivery answer = {sizeof answer, GW_DELIVERED};
  call->answer_delivery(call, &answer);
  return GW_OK;
}

inline void Destroy(void*) {}

// Not const, so that it can be broken. An approver, until it is told to be something else.
struct Healthy {
  explicit Healthy(const char* name)
      : functions{sizeof functions, 0, &Check},
        policy{sizeof policy, 0, &Evaluate},
        executor{},
        notifier{sizeof notifier, 0, &Deliver},
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
        plugin{sizeof plugin, GW_ABI_MAJOR, GW_ABI_MINOR, 1, name, "1.0.0", offers} {
    executor.struct_size = sizeof executor;
    executor.start = &Start;
  }

  void Be(const char* kind, const void* its_functions) {
    offer.kind = kind;
    offer.functions = its_functions;
    offer.flags = 0;
  }
  void BePolicy() { Be(GW_KIND_POLICY, &policy); }
  void BeExecutor() { Be(GW_KIND_EXECUTOR, &executor); }
  void BeNotifier() { Be(GW_KIND_NOTIFIER, &notifier); }

  gw_approver functions;
  gw_policy policy;
  gw_executor executor;
  gw_notifier notifier;
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
