// engine/proof/findings.h: what an exploration has seen, as answers. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/proof/prove.h"

namespace gatewright::proof {

// The answers that one exploration of everything gives. `why_incomplete`: empty when it saw all.
std::vector<Answer> AnswersOf(const Model& model, const Exploration& seen,
                              const std::string& why_incomplete);

}  // namespace gatewright::proof
