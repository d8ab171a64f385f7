// server/cli/service_manager.h: tells systemd (Type=notify) how far the server is. Does nothing
// when no manager asked for it.
#pragma once

#include <string_view>

namespace gatewright::cli {

// "READY=1", "RELOADING=1", "STOPPING=1".
void TellServiceManager(std::string_view state);

}  // namespace gatewright::cli
