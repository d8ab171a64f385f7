// plugins/check/sample_config.h: configs that an offer could be given, made from its JSON Schema:
// its examples, what is required, everything there is. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/codec/json_schema.h"

namespace gatewright::check {

struct SampleConfig {
  std::string json;
  bool is_example = false;  // the author's own, so that it has to work
};

// Only what `schema` accepts, each once. Empty when nothing was found that it does.
std::vector<SampleConfig> SampleConfigs(std::string_view schema_json,
                                        const codec::JsonSchema& schema);

}  // namespace gatewright::check
