// Throws out of check().
#include <stdexcept>

#include "healthy.h"

BAD_PLUGIN(
    "bad.throws-in-check",
    it.functions.check = [](void*, const gw_question*, const gw_call*) -> gw_status {
      throw std::runtime_error("no");
    })
