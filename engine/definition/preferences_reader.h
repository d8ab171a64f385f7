// engine/definition/preferences_reader.h: `notify` of somebody in a directory. One thread.
#pragma once

#include "engine/core/preferences.h"
#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

core::Preferences ReadPreferences(const Node& node, const Scope& scope);

}  // namespace gatewright::definition
