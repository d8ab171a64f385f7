// server/cli/configuration.h: flag > environment > file > default, put together, with where each
// value came from. Every mistake is reported at once, and any mistake refuses to start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "server/cli/places.h"
#include "server/cli/settings.h"

namespace gatewright::cli {

enum class Origin { kDefault = 1, kFile, kEnvironment, kFlag };
std::string_view ToString(Origin origin);

// A value as somebody gave it.
struct Given {
  std::string key;  // as in AllSettings, or kPinPrefix + file
  std::string text;
  Origin origin = Origin::kDefault;
  std::string place;  // "--port", "APPROVAL_PORT", "config/server.yaml:4:9"
};

struct Configuration {
  Settings settings;
  std::vector<Given> values;  // the winner of each key, in the order of the table
  std::string file;           // the server.yaml that was read; empty: none
};

// What one source gave, and what was wrong with it (whole sentences).
struct Layer {
  std::vector<Given> values;
  std::vector<std::string> problems;
};

// Layers in rising order of precedence. An Error's message has one mistake per line.
Result<Configuration> Combine(const std::vector<Layer>& layers);

// All of it: the places' defaults, server.yaml (`config_file` when not empty, else the one in
// places.config), the process's environment, and `flags`.
Result<Configuration> LoadConfiguration(const Places& places, const std::string& config_file,
                                        Layer flags);

}  // namespace gatewright::cli
