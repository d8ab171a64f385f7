// plugins/host/library.h: brings one shared library into the process. Called by one thread at a
// time.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/ports/plugins.h"
#include "plugins/host/child/child_pool.h"
#include "plugins/host/descriptor.h"
#include "plugins/host/environment.h"
#include "plugins/host/plugin_file.h"
#include "plugins/host/plugin_host.h"

namespace gatewright::host {

struct Library {
  ports::PluginInfo info;  // broken, with a sentence, when it cannot be used
  std::vector<std::shared_ptr<const LoadedOffer>> offers;
  FileIdentity identity;
};

// Never fails: what is wrong stands in the answer. `pin` is the only SHA-256 that is let in; empty
// = any. A library that was loaded stays loaded until the process ends: it may have threads,
// thread-locals and exit handlers that nobody can take back.
// In this process. `before`: how many libraries were loaded from this path.
Library LoadLibrary(const std::filesystem::path& path, const std::string& pin, FolderTrust trust,
                    std::size_t before = 0);
// In this process, from a descriptor: of a file that was checked, and is not there any more.
Library LoadCopy(const std::filesystem::path& path, int descriptor);

// In processes of its own: no code of it runs here, and they end with what uses the offers.
Library LoadIsolated(const std::filesystem::path& path, const std::string& pin, FolderTrust trust,
                     ChildOptions child, const Environment& environment);

}  // namespace gatewright::host
