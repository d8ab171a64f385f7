// plugins/host/child/file_rules.h: which files a plugin's process may open, by Landlock.
#pragma once

#include <filesystem>

#include "engine/base/result.h"

namespace gatewright::host {

// From here on this thread and its children may only read system libraries and the plugin's folder,
// plus what resolving names and TLS need (`with_network`), and run the system's programs
// (`with_processes`). False = this kernel has no Landlock, and nothing was changed.
Result<bool> RestrictFiles(const std::filesystem::path& plugin_folder, bool with_network,
                           bool with_processes);

}  // namespace gatewright::host
