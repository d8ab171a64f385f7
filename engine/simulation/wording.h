// engine/simulation/wording.h: events in plain words. Pure; any thread.
#pragma once

#include <string>

#include "engine/core/event.h"
#include "engine/core/site.h"

namespace gatewright::simulation {

std::string InWords(const core::Event& event);  // "ann approves at QA"
std::string InWords(const core::SiteEvent& event);

}  // namespace gatewright::simulation
