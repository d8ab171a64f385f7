// engine/runtime/substitute.h: `${subject.version}` in a plugin's config becomes the value found at
// that path. A path into a string and nothing more: no code, no shell, no default. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace gatewright::runtime {

struct Substituted {
  std::string json;                        // the config with every reference replaced
  std::vector<std::string> missing_paths;  // "subject.version": nothing there, or not a scalar
};

// `scope_json` is an object with the roots: subject, run, stage.
Result<Substituted> Substitute(std::string_view with_json, std::string_view scope_json);

}  // namespace gatewright::runtime
