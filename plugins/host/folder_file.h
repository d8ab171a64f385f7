// plugins/host/folder_file.h: what is known of one file of the plugins folder: every version of it
// that was loaded. Guarded by the host's mutex; written only by who reads the folder.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/ports/plugins.h"
#include "plugins/host/descriptor.h"
#include "plugins/host/plugin_file.h"

namespace gatewright::host {

struct PluginVersion {
  ports::PluginInfo info;
  std::vector<std::shared_ptr<const LoadedOffer>> offers;
  FileIdentity identity;
};

struct FolderFile {
  std::string name;
  std::vector<PluginVersion> versions;       // in the order of their coming; none ever goes
  std::optional<std::size_t> current;        // nothing: its file is gone, or none was ever right
  std::optional<ports::PluginInfo> refused;  // what stands there now, and cannot be used
  std::size_t loads = 0;                     // how often its path was loaded into this process
};

}  // namespace gatewright::host
