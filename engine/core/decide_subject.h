// engine/core/decide_subject.h: commands that send a run back: another subject, another try after
// its end, another version of its workflow. Private to the core; `Decide` is the door.
#pragma once

#include "engine/core/case.h"
#include "engine/core/decide.h"

namespace gatewright::core {

Decision DecideSubject(const Case& at, const ChangeSubject& command);
Decision DecideRetry(const Case& at, const RetryRun& command);
Decision DecideMigrate(const Case& at, const MigrateRun& command);

}  // namespace gatewright::core
