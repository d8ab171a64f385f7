/* The smallest approver in plain C: nobody is ever eligible. */
#include <gatewright/plugin.h>

static gw_status create(gw_string config, const gw_call* call, void** instance) {
  (void)config;
  (void)call;
  *instance = NULL;
  return GW_OK;
}

static gw_status check(void* self, const gw_question* question, const gw_call* call) {
  gw_eligibility answer = {sizeof(gw_eligibility), GW_NOT_ELIGIBLE, {NULL, 0}};
  (void)self;
  (void)question;
  if (call->is_cancelled(call)) {
    call->fail(call, gw_text("cancelled by the engine"));
    return GW_CANCELLED;
  }
  answer.reason = gw_text("nobody is ever eligible");
  call->answer_eligibility(call, &answer);
  return GW_OK;
}

static void destroy(void* self) { (void)self; }

static const gw_approver kFunctions = {sizeof(gw_approver), 0, check};
static const gw_offer kOffer = {sizeof(gw_offer),
                                GW_CONCURRENT | GW_PURE,
                                GW_KIND_APPROVER,
                                "com.example.never",
                                "Nobody is ever eligible.",
                                "{\"type\": \"object\", \"additionalProperties\": false}",
                                create,
                                destroy,
                                &kFunctions};
static const gw_offer* const kOffers[] = {&kOffer};
static const gw_plugin kPlugin = {sizeof(gw_plugin), GW_ABI_MAJOR, GW_ABI_MINOR, 1,
                                  "never",           "1.0.0",      kOffers};

const gw_plugin* gw_plugin_entry(void) { return &kPlugin; }
