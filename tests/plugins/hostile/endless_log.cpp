// Logs for ever.

#include "kit.h"

HOSTILE(for (;;) call->log(call, GW_INFO, gw_text("la la la")))
