// What every hostile plugin is made of: an approver, a policy and an executor that do the same
// thing when they are called, or when the library is loaded or an instance is made.
#pragma once

#include "gatewright/plugin.h"

namespace hostile {

// What a hostile plugin answers, should it come that far: never what it was asked for.
inline gw_status Answer(const gw_call* call, int kind) {
  if (kind == 1) {
    const gw_eligibility yes{sizeof yes, GW_ELIGIBLE, gw_text("survived")};
    call->answer_eligibility(call, &yes);
  } else if (kind == 2) {
    const gw_verdict yes{sizeof yes, GW_APPROVE, 0, gw_text("survived"), gw_text("")};
    call->answer_verdict(call, &yes);
  } else {
    const gw_report yes{sizeof yes, GW_SUCCEEDED, gw_text("survived"), gw_text("")};
    call->answer_report(call, &yes);
  }
  return GW_OK;
}

}  // namespace hostile

// HOSTILE(what): `what` is a statement that may use `call` and returns, or does not.
#define HOSTILE(...)                                                                               \
  namespace {                                                                                      \
  gw_status Act(const gw_call* call, int kind) {                                                   \
    __VA_ARGS__;                                                                                   \
    return hostile::Answer(call, kind);                                                            \
  }                                                                                                \
  gw_status Check(void*, const gw_question*, const gw_call* call) { return Act(call, 1); }         \
  gw_status Evaluate(void*, const gw_context*, const gw_call* call) { return Act(call, 2); }       \
  gw_status Start(void*, const gw_attempt*, const gw_call* call) { return Act(call, 3); }          \
  gw_status Create(gw_string, const gw_call*, void**) { return GW_OK; }                            \
  void Destroy(void*) {}                                                                           \
  const gw_approver kApprover{sizeof kApprover, 0, &Check};                                        \
  const gw_policy kPolicy{sizeof kPolicy, 0, &Evaluate};                                           \
  const gw_executor kExecutor{sizeof kExecutor, 0, &Start, nullptr, nullptr, nullptr};             \
  const gw_offer kOffers[] = {{sizeof(gw_offer), 0, GW_KIND_APPROVER, "hostile", "Means no good.", \
                               "{}", &Create, &Destroy, &kApprover},                               \
                              {sizeof(gw_offer), 0, GW_KIND_POLICY, "hostile", "Means no good.",   \
                               "{}", &Create, &Destroy, &kPolicy},                                 \
                              {sizeof(gw_offer), 0, GW_KIND_EXECUTOR, "hostile", "Means no good.", \
                               "{}", &Create, &Destroy, &kExecutor}};                              \
  const gw_offer* const kList[] = {&kOffers[0], &kOffers[1], &kOffers[2]};                         \
  const gw_plugin kPlugin{sizeof(gw_plugin), GW_ABI_MAJOR, GW_ABI_MINOR, 3,                        \
                          "hostile",         "1.0.0",      kList};                                 \
  }                                                                                                \
  const gw_plugin* gw_plugin_entry() { return &kPlugin; }
