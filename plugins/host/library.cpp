#include "plugins/host/library.h"

#include <fmt/format.h>

#include <boost/dll/shared_library.hpp>
#include <chrono>
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
constexpr std::chrono::seconds kLoadLimit{10};  // constructors of a library, in its own process

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

Library LibraryOf(ports::PluginInfo info, Description description) {
  if (!description.name.empty()) info.name = description.name;
  info.version = description.version;
  info.abi = description.abi;
  if (!description.problem.empty()) return Broken(std::move(info), description.problem);
  for (const auto& offer : description.offers) info.offers.push_back(offer->offer);
  return {std::move(info), std::move(description.offers)};
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
  return LibraryOf(std::move(info), ReadDescriptor(*table));
}

Library LoadIsolated(const std::filesystem::path& path, const std::string& pin, FolderTrust trust,
                     ChildOptions child, const Environment& environment) {
  ports::PluginInfo info;
  info.name = path.stem().string();
  info.path = path.string();
  info.is_isolated = true;

  const auto real_path = CheckFile(path, pin, trust, info);
  if (!real_path) return Broken(std::move(info), real_path.error().message);
  child.sandbox.library = *real_path;
  const auto pool = std::make_shared<ChildPool>(std::move(child), environment.log);
  auto described = pool->Describe(ChildPool::Clock::now() + kLoadLimit);
  if (!described) return Broken(std::move(info), described.error().message);
  // Its process words problems with the path in front, as they are shown; here it follows.
  const std::string prefix = real_path->string() + ": ";
  if (described->problem.starts_with(prefix)) described->problem.erase(0, prefix.size());
  return LibraryOf(std::move(info), ReadDescribed(*std::move(described), pool));
}

}  // namespace gatewright::host
