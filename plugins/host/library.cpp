#include "plugins/host/library.h"

#include <fmt/format.h>

#include <boost/dll/shared_library.hpp>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "plugins/host/elf.h"
#include "plugins/host/plugin_file.h"
#include "plugins/host/text.h"

namespace gatewright::host {
namespace {

constexpr char kEntry[] = "gw_plugin_entry";

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// Everything that can be known before any code of the library runs.
Result<std::filesystem::path> CheckFile(const std::filesystem::path& path, const std::string& pin,
                                        FolderTrust trust, ports::PluginInfo& info) {
  GW_TRY(file, ReadPluginFile(path, trust));
  info.sha256 = file.sha256;
  if (!pin.empty() && Lower(pin) != file.sha256) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("expected SHA-256 {} (pinned), found {}; nothing of it was run",
                             CleanLine(pin, 100), file.sha256)};
  }
  if (auto problem = FindElfProblem(file.bytes, kEntry); !problem.empty()) {
    return Error{ErrorCode::kInvalid, std::move(problem)};
  }
  return std::move(file.real_path);
}

// Unloading would pull the code away from whoever still runs it, so this list never ends: it is not
// destroyed at exit either.
boost::dll::shared_library& KeepForever(std::unique_ptr<boost::dll::shared_library> library) {
  static std::mutex mutex;
  static auto& kept = *new std::vector<std::unique_ptr<boost::dll::shared_library>>;
  const std::lock_guard lock(mutex);
  kept.push_back(std::move(library));
  return *kept.back();
}

// From here on code of the library runs: its constructors, then its entry.
Result<const gw_plugin*> Enter(const std::filesystem::path& path) {
  namespace dll = boost::dll;
  try {
    auto& library = KeepForever(std::make_unique<dll::shared_library>(
        path, dll::load_mode::rtld_now | dll::load_mode::rtld_local));
    const auto entry = library.get<const gw_plugin*()>(kEntry);
    try {
      return entry();
    } catch (...) {
      return Error{ErrorCode::kInternal, "expected gw_plugin_entry() to return, but it threw"};
    }
  } catch (const std::exception& problem) {
    return Error{ErrorCode::kInvalid, fmt::format("expected the dynamic linker to accept it: {}",
                                                  CleanLine(problem.what()))};
  }
}

Library Broken(ports::PluginInfo info, const std::string& problem) {
  info.health = ports::PluginHealth::kBroken;
  info.problem = fmt::format("{}: {}", info.path, problem);
  return {std::move(info), {}};
}

}  // namespace

Library LoadLibrary(const std::filesystem::path& path, const std::string& pin, FolderTrust trust) {
  ports::PluginInfo info;
  info.name = path.stem().string();
  info.path = path.string();

  const auto real_path = CheckFile(path, pin, trust, info);
  if (!real_path) return Broken(std::move(info), real_path.error().message);
  const auto table = Enter(*real_path);
  if (!table) return Broken(std::move(info), table.error().message);

  Description description = ReadDescriptor(*table);
  if (!description.name.empty()) info.name = description.name;
  info.version = description.version;
  info.abi = description.abi;
  if (!description.problem.empty()) return Broken(std::move(info), description.problem);
  for (const auto& offer : description.offers) info.offers.push_back(offer->offer);
  return {std::move(info), std::move(description.offers)};
}

}  // namespace gatewright::host
