// tests/core/property/tally_reference.h: what a tally must say, found by trying every way in which
// people can be assigned to rules. Slow, and too simple to be wrong.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/run.h"
#include "engine/core/workflow.h"

namespace gatewright::core::test {

GateOutcome ReferenceTally(const GateSpec& gate, const std::vector<Vote>& votes);

// The most slots of all rules that can be filled at once.
std::uint32_t ReferenceFilledSlots(const GateSpec& gate, const std::vector<Vote>& votes);

}  // namespace gatewright::core::test
