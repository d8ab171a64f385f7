// engine/core/explain_outlook.h: what a decision would lead to, told from its events. Private to
// the core; `Explain` is the door.
#pragma once

#include "engine/core/decide.h"
#include "engine/core/explain.h"

namespace gatewright::core {

// `accepted`: what `Decide` made of an approve on the open gate of the run.
Outlook OutlookOf(const Accepted& accepted, const Workflow& workflow);

}  // namespace gatewright::core
