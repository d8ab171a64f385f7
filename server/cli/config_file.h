// server/cli/config_file.h: server.yaml as a layer of the configuration.
#pragma once

#include <string>
#include <string_view>

#include "server/cli/configuration.h"

namespace gatewright::cli {

// A file that cannot be read, an unknown key, a wrong kind of value: each is a problem that names
// file, line and column. Paths in it are relative to the working folder, as everywhere.
Layer ReadConfigFile(const std::string& path);
Layer ParseConfig(const std::string& path, std::string_view text);

}  // namespace gatewright::cli
