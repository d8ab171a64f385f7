// engine/codec/views_workflow.h: the part of a workflow's view that a workflow has before it is
// published. Pure; any thread.
#pragma once

#include "engine/codec/json_writer.h"
#include "engine/core/workflow.h"

namespace gatewright::codec {

// "initial_state" and "states": which there are, and how they look.
void WriteLooks(JsonWriter& json, const core::Workflow& workflow);

}  // namespace gatewright::codec
