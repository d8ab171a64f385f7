// Writes for ever.

#include "kit.h"

HOSTILE({
  static const char text[65536] = {};
  for (;;) call->output(call, gw_string{text, sizeof text});
})
