// engine/codec/site_events.h: events of the installation itself (core::kSite) ↔ the JSON of the
// log, in the form that a run's events have. What was once written is read for ever.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/core/site.h"

namespace gatewright::codec {

std::string_view SiteEventType(const core::SiteEvent& event);   // "StopSet"
std::string_view SiteEventTopic(const core::SiteEvent& event);  // "stop.set"
std::vector<std::string_view> SiteEventTopics();

std::string SiteEventsToJson(const std::vector<core::SiteEvent>& events);
Result<std::vector<core::SiteEvent>> SiteEventsFromJson(std::string_view json);

}  // namespace gatewright::codec
