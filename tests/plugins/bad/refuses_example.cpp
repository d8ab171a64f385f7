// Refuses the example in its own schema.
#include "healthy.h"

BAD_PLUGIN(
    "bad.refuses-example", it.offer.config_schema = R"({
               "type": "object", "additionalProperties": false, "examples": [{"team": "sre"}],
               "properties": {"team": {"type": "string"}}})";
    it.offer.create = [](gw_string config, const gw_call* call, void** instance) {
      if (config.size <= 2) return bad::Create(config, call, instance);
      call->fail(call, gw_text("no such team"));
      return gw_status{GW_INVALID_ARGUMENT};
    })
