// server/api/progress.h: how far the running attempts of a run say they are, as views show it.
#pragma once

#include <vector>

#include "engine/codec/views.h"
#include "server/api/call.h"

namespace gatewright::api {

inline std::vector<codec::ProgressView> ProgressOf(Call& call, RunId run) {
  std::vector<codec::ProgressView> views;
  for (auto& progress : call.engine().ProgressOf(run)) {
    views.push_back({progress.number, progress.percent, std::move(progress.text), progress.at});
  }
  return views;
}

}  // namespace gatewright::api
