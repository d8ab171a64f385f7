// engine/codec/views_gate_spec.h: what a workflow asks at a gate, as callers see it. Private to the
// codec; pure.
#pragma once

#include <optional>
#include <string_view>

#include "engine/codec/json_writer.h"
#include "engine/core/workflow.h"

namespace gatewright::codec {

std::string_view OnTimeoutWord(core::OnTimeout on_timeout);
void WriteGateSpec(JsonWriter& json, const core::GateSpec& gate);
// Members `plugin` and `with` of the open object.
void WritePluginUse(JsonWriter& json, const core::PluginUse& use);
void WriteDurationOrNull(JsonWriter& json, std::string_view name,
                         const std::optional<Duration>& duration);

}  // namespace gatewright::codec
