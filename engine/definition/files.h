// engine/definition/files.h: definition files on the disk. Stateless; any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/definition/diagnostic.h"

namespace gatewright::definition {

Diagnostic Unreadable(const std::string& path, std::string message);

// At most one byte more than `limit`: enough to be refused by its size. Nothing when the file
// cannot be read.
std::optional<std::string> ReadUpTo(const std::filesystem::path& path, std::size_t limit);

// Every *.yaml and *.yml of a folder (not of its subfolders), in the order of their names; hidden
// files and *_test.yaml are skipped, links followed. What cannot be read is reported.
std::vector<std::string> ListDefinitionFiles(const std::string& folder,
                                             std::vector<Diagnostic>& diagnostics);

}  // namespace gatewright::definition
