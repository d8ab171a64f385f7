// server/cli/prove_report.h: a proof as text for people, and as JSON for programs. Pure; any
// thread.
#pragma once

#include <string>

#include "engine/proof/prove.h"

namespace gatewright::cli {

std::string ProofText(const proof::Proof& proof, const std::string& workflow,
                      const std::string& file, bool is_strict);
// One object.
std::string ProofJson(const proof::Proof& proof, const std::string& workflow,
                      const std::string& file, bool is_strict);

}  // namespace gatewright::cli
