// engine/codec/views_stages.h: the stages of a run, their gates and votes, as callers see them.
// Private to the codec; pure.
#pragma once

#include <vector>

#include "engine/codec/json_writer.h"
#include "engine/core/run.h"
#include "engine/core/workflow.h"

namespace gatewright::codec {

// The stages reached so far, then those ahead as the workflow knows them.
void WriteStages(JsonWriter& json, const core::Run& run, const core::Workflow* workflow);
// Votes on gates that are not open yet.
void WriteHeldVotes(JsonWriter& json, const std::vector<core::HeldVote>& held);

}  // namespace gatewright::codec
