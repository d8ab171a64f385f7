// tests/prove/support.h: short words for proofs in tests.
#pragma once

#include <string>
#include <vector>

#include "engine/proof/prove.h"
#include "tests/core/support/build.h"

namespace gatewright::proof::test {

using core::test::Action;
using core::test::Acts;
using core::test::All;
using core::test::Any;
using core::test::Asks;
using core::test::Gate;
using core::test::Leaf;
using core::test::NOf;
using core::test::RetriedAction;
using core::test::WorkflowOf;

// `from` is {"role": "qa"} → "role:qa", or {"user": "alice bob"} → "user:alice", "user:bob".
std::vector<std::string> TestTraits(const core::PluginUse& use);
// A rule that only these people may fill.
core::Rule Named(std::string id, const std::string& people, std::uint32_t need = 1);

Proof ProofOf(const core::Workflow& workflow, ProveOptions options = {});

// The steps of the finding, without those that only move the clock or the world.
std::vector<std::string> StepsOf(const Finding& finding);

// Plays the commands of the script through `core::Decide`, on the workflow as it is written, and
// returns the run. Fails the running test when one is refused.
core::Run Play(const core::Workflow& workflow, const Script& script);

}  // namespace gatewright::proof::test
