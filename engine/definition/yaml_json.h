// engine/definition/yaml_json.h: a YAML node as a JSON value. Pure; any thread.
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

// Numbers that are not finite become null: CheckJson reports them.
boost::json::value ToJsonValue(const Node& node);
std::string ToJsonText(const Node& node);

// Reports what YAML can say and JSON cannot, or what YAML readers disagree about: infinities,
// numbers with leading zeros, nesting deeper than our JSON parser reads.
void CheckJson(const Node& node, const Scope& scope);

}  // namespace gatewright::definition
