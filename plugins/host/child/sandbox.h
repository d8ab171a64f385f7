// plugins/host/child/sandbox.h: what a plugin's process may do. Called once, by its only thread,
// before any code of the library is run; nothing takes it back.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace gatewright::host {

// What the operator allows a library beyond computing.
enum class Grant {
  kNetwork = 1,  // sockets, and the files that resolving a name needs
  kFiles,        // any file that the server's user may open, to read and to write
  kProcesses,    // to start programs
};

std::string_view ToString(Grant grant);  // "network" …
std::optional<Grant> GrantFrom(std::string_view name);

struct SandboxOptions {
  std::filesystem::path library;  // may be read, and what lies beside it
  std::set<Grant> grants;
  std::int64_t memory_bytes = 0;  // of address space; 0 = no limit
};

// Limits of resources, Linux capabilities, Landlock and seccomp, in this order. An Error when the
// kernel refuses one that it knows: the library must not be loaded then. What this kernel does not
// know at all stands in the answer, for the log.
Result<std::vector<std::string>> EnterSandbox(const SandboxOptions& options);

}  // namespace gatewright::host
