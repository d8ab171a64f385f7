// engine/definition/schema_reader.h: JSON Schemas that stand in a workflow file. One thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

// Reports every mistake of the schema; answers its text.
std::string ReadSchema(const Node& schema, std::string_view label, const Scope& scope);

// What is wrong with following `path` through the properties of `schema`: empty unless the schema
// rules out that anything is there. `what` is how the sentence calls it: "the subject's schema".
std::optional<std::string> FindDeadEnd(const Node* schema, std::span<const std::string_view> path,
                                       std::string_view what);

}  // namespace gatewright::definition
