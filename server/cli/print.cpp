// server/cli/print.cpp: what the commands share: reading the configuration, saying what is wrong.
#include <fmt/format.h>

#include <cstdio>

#include "server/cli/commands.h"

namespace gatewright::cli {

void PrintError(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    fmt::print(stderr, "gatewright: {}\n", line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
}

std::optional<Configuration> Configure(const Arguments& arguments) {
  auto made = LoadConfiguration(FindPlaces(), arguments.config_file, arguments.flags);
  if (made) return std::move(made).value();
  PrintError(made.error().message);
  return std::nullopt;
}

}  // namespace gatewright::cli
