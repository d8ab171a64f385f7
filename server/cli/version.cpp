// server/cli/version.cpp: `gatewright version`.
#include "server/cli/version.h"

#include <fmt/format.h>

#include "gatewright/plugin.h"
#include "server/cli/commands.h"

namespace gatewright::cli {

int RunVersion(const Arguments& arguments) {
  if (arguments.is_json) {
    fmt::print("{{\"version\":\"{}\",\"plugin_abi\":\"{}.{}\"}}\n", kProgramVersion, GW_ABI_MAJOR,
               GW_ABI_MINOR);
  } else {
    fmt::print("gatewright {} (plugin ABI {}.{})\n", kProgramVersion, GW_ABI_MAJOR, GW_ABI_MINOR);
  }
  return kExitOk;
}

}  // namespace gatewright::cli
