// Copies the stage's name to where a name of usual length has room.
#include <cstring>

#include "healthy.h"

BAD_PLUGIN(
    "bad.believes-in-names",
    it.functions.check = [](void* self, const gw_question* question, const gw_call* call) {
      static char names[64];
      const gw_string stage = question->context->stage;
      if (stage.size > sizeof names) __builtin_trap();  // as far as a copy would come
      std::memcpy(names, stage.data, stage.size);
      return bad::Check(self, question, call);
    })
