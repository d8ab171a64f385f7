// A policy that was built for ABI 1.0, whose gw_context ended with the time. Plain ABI terms, so
// that nothing of today's layer is in it.
#include <gatewright/plugin.h>

namespace {

// As gatewright/plugin.h of 1.0 declared it.
struct OldContext {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t run_id;
  int64_t epoch;
  gw_string workflow, stage, rule, requester, subject_json, subject_digest;
  int64_t now_unix_us;
};

gw_status Create(gw_string, const gw_call*, void** instance) {
  *instance = nullptr;
  return GW_OK;
}

void Destroy(void*) {}

gw_status Evaluate(void*, const gw_context* context, const gw_call* call) {
  const auto& old = *reinterpret_cast<const OldContext*>(context);
  gw_verdict answer = {};
  answer.struct_size = sizeof answer;
  answer.choice = old.run_id == 42 && old.now_unix_us != 0 ? GW_APPROVE : GW_REJECT;
  answer.reason = old.subject_digest;
  call->answer_verdict(call, &answer);
  return GW_OK;
}

constexpr gw_policy kPolicy = {sizeof(gw_policy), 0, &Evaluate};
constexpr gw_offer kOffer = {sizeof(gw_offer), GW_CONCURRENT,      GW_KIND_POLICY,
                             "test.old",       "Votes as of old.", "{}",
                             &Create,          &Destroy,           &kPolicy};
constexpr const gw_offer* kOffers[] = {&kOffer};
constexpr gw_plugin kPlugin = {sizeof(gw_plugin), 1, 0, 1, "test.old", "1.0.0", kOffers};

}  // namespace

const gw_plugin* gw_plugin_entry(void) { return &kPlugin; }
