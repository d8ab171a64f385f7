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

// Everything that can be known before any code of the library runs.
Result<PluginFile> CheckFile(const std::filesystem::path& path, const std::string& pin,
                             FolderTrust trust, ports::PluginInfo& info) {
  GW_TRY(file, ReadPluginFile(path, trust));
  info.sha256 = file.sha256;
  if (!pin.empty() && !IsPinned(file, pin)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("expected SHA-256 {} (pinned), found {}; nothing of it was run",
                             CleanLine(pin, 100), file.sha256)};
  }
  if (auto problem = FindElfProblem(file.bytes, kEntry); !problem.empty()) {
    return Error{ErrorCode::kInvalid, std::move(problem)};
  }
  return file;
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

// The dynamic linker gives back what it has under a name, whatever stands in the file by now. A
// path that is spelled in another way is another name, and has the same folder.
std::filesystem::path Respelled(const std::filesystem::path& path, std::size_t before) {
  auto folder = path.parent_path().string();
  for (std::size_t i = 0; i < before; ++i) folder += "/.";
  return folder + "/" + path.filename().string();
}

Library Broken(ports::PluginInfo info, const std::string& problem) {
  info.health = ports::PluginHealth::kBroken;
  info.problem = fmt::format("{}: {}", info.path, problem);
  return {std::move(info), {}, {}};
}

Library LibraryOf(ports::PluginInfo info, Description description) {
  if (!description.name.empty()) info.name = description.name;
  info.version = description.version;
  info.abi = description.abi;
  if (!description.problem.empty()) return Broken(std::move(info), description.problem);
  for (const auto& offer : description.offers) info.offers.push_back(offer->offer);
  return {std::move(info), std::move(description.offers), {}};
}

}  // namespace

Library LoadLibrary(const std::filesystem::path& path, const std::string& pin, FolderTrust trust,
                    std::size_t before) {
  ports::PluginInfo info;
  info.name = path.stem().string();
  info.path = path.string();

  const auto file = CheckFile(path, pin, trust, info);
  if (!file) return Broken(std::move(info), file.error().message);
  const auto table = Enter(Respelled(file->real_path, before));
  if (!table) return Broken(std::move(info), table.error().message);
  Library library = LibraryOf(std::move(info), ReadDescriptor(*table));
  library.identity = file->identity;
  return library;
}

Library LoadCopy(const std::filesystem::path& path, int descriptor) {
  ports::PluginInfo info;
  info.name = path.stem().string();
  info.path = path.string();
  const auto table = Enter(fmt::format("/proc/self/fd/{}", descriptor));
  if (!table) return Broken(std::move(info), table.error().message);
  return LibraryOf(std::move(info), ReadDescriptor(*table));
}

Library LoadIsolated(const std::filesystem::path& path, const std::string& pin, FolderTrust trust,
                     ChildOptions child, const Environment& environment) {
  ports::PluginInfo info;
  info.name = path.stem().string();
  info.path = path.string();
  info.is_isolated = true;

  const auto file = CheckFile(path, pin, trust, info);
  if (!file) return Broken(std::move(info), file.error().message);
  auto copy = KeptCopy::Of(*file);
  if (!copy) return Broken(std::move(info), copy.error().message);
  child.sandbox.library = file->real_path;
  child.copy = *std::move(copy);
  const auto pool = std::make_shared<ChildPool>(std::move(child), environment.log);
  auto described = pool->Describe(ChildPool::Clock::now() + kLoadLimit);
  if (!described) return Broken(std::move(info), described.error().message);
  // Its process words problems with the path in front, as they are shown; here it follows.
  const std::string prefix = file->real_path.string() + ": ";
  if (described->problem.starts_with(prefix)) described->problem.erase(0, prefix.size());
  Library library = LibraryOf(std::move(info), ReadDescribed(*std::move(described), pool));
  library.identity = file->identity;
  return library;
}

}  // namespace gatewright::host
