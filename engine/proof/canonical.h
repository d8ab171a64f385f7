// engine/proof/canonical.h: two runs from here on alike become one. Pure; any thread.
//
// What is left out, because `Decide` does the same with and without it: comments, reasons, forms,
// evidence, versions, fencing tokens, epochs (only the newest counts), times (whatever a run waits
// for may come at any moment, in any order), votes that count no more, and what lies behind a run
// that can never go back there. People of one kind change names so that they stand in one order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/proof/model.h"
#include "engine/proof/state.h"

namespace gatewright::proof {

// The moment at which the exploration stands still.
Time ProofTime();

// `renamed[new]` is the person of the cast who is called `new` from here on.
struct Canonical {
  State state;
  std::vector<std::uint16_t> renamed;
};
Canonical Canonicalize(const Model& model, State state);

// Everything about a canonical state that can differ, as bytes: equal where the states are.
std::string KeyOf(const Model& model, const State& state);

// What is known of a person in this run: two of a kind with equal marks can stand for each other.
std::vector<std::string> MarksOf(const Model& model, const core::Run& run);

}  // namespace gatewright::proof
