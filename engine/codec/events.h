// engine/codec/events.h: events ↔ the JSON of the log. Every event is an object with its `type`
// first. What was once written is read for ever: a changed event gets a new type.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/core/event.h"
#include "engine/core/run.h"
#include "engine/ports/store.h"

namespace gatewright::codec {

std::string_view EventType(const core::Event& event);  // "VoteCast"
// As notifiers and the live feed name it: "vote.cast". Empty when nobody is told.
std::string_view EventTopic(const core::Event& event);
// Every topic that a run's events have.
std::vector<std::string_view> EventTopics();

void AppendEvent(std::string& out, const core::Event& event);
std::string EventsToJson(const std::vector<core::Event>& events);
Result<std::vector<core::Event>> EventsFromJson(std::string_view json);

// The run that its entries, from the first on, make. kCorrupt when one cannot be read.
Result<core::Run> Replay(RunId id, const std::vector<ports::Entry>& entries);

// The run as the projection shows it; head and hash are the entry's affair.
ports::RunRow RowOf(const core::Run& run);

}  // namespace gatewright::codec
