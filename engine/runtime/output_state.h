// engine/runtime/output_state.h: what is known of an attempt's output, and of how far it is, while
// it runs. Plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/base/ids.h"
#include "engine/base/time.h"

namespace gatewright::runtime {

struct OutputState {
  bool is_open = false;       // more may come
  std::int64_t left_out = 0;  // bytes not kept; 0 also where this process did not see the attempt
};

// What an executor said last about how far it is.
struct AttemptProgress {
  AttemptNumber number{1};
  int percent = 0;  // -1: it cannot say
  std::string text;
  Time at;
};

// More of an attempt's output can be read, or no more will come. Must not block.
using OutputListener = std::function<void(RunId, AttemptNumber)>;

}  // namespace gatewright::runtime
