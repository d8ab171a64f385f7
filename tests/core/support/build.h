// tests/core/support/build.h: short words for workflows, gates and people, so that a test shows
// only what it is about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/principal.h"
#include "engine/core/workflow.h"

namespace gatewright::core::test {

Rule Leaf(std::string id, std::uint32_t need = 1);
Rule All(std::vector<Rule> children);
Rule Any(std::vector<Rule> children);
Rule NOf(std::uint32_t need, std::vector<Rule> children);

// A gate that asks for all of `rules`: veto, distinct, no separation of duties, no deadline.
GateSpec Gate(std::vector<Rule> rules);

// In wall time, without reminders and levels.
Deadline DeadlineOf(Duration after, OnTimeout on_timeout = OnTimeout::kExpire);

// Nothing is retried and nothing is safe to repeat.
ActionSpec Action();
// `attempts` in total, 10 s between them at first, twice as long each time, no jitter.
ActionSpec RetriedAction(std::uint32_t attempts);

// `done_state` of stage "QA" is "QA done".
StageSpec Asks(std::string name, GateSpec gate);
StageSpec Acts(std::string name, ActionSpec action, std::optional<GateSpec> gate = std::nullopt);

Workflow WorkflowOf(std::vector<StageSpec> stages);
// requested → approved_by_QA → approved_by_devops → executed, one vote each; the last stage acts.
Workflow Deployment();
// The same with nothing but gates.
Workflow ThreeGates();

Principal Person(std::string id);
// The nameless principal of development mode.
Principal Everybody();

}  // namespace gatewright::core::test
