// The folder as it is now, beside what it was. Everything slow is done before anything is changed:
// whoever asks for an offer meanwhile is served from what was there.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "plugins/host/chain.h"
#include "plugins/host/child/child_pool.h"
#include "plugins/host/counted.h"
#include "plugins/host/environment.h"
#include "plugins/host/folder_file.h"
#include "plugins/host/library.h"
#include "plugins/host/place.h"
#include "plugins/host/plugin_host.h"

namespace gatewright::host {
namespace {

using ports::PluginKind;
using ports::PluginState;

// A version is never let go: its code may be running, and what it answered for may still be open.
constexpr std::size_t kMostVersions = 32;

Result<std::vector<std::filesystem::path>> FindLibraries(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code problem;
  std::filesystem::directory_iterator entries(folder, problem);
  for (; !problem && entries != std::filesystem::directory_iterator(); entries.increment(problem)) {
    const auto& path = entries->path();
    if (path.extension() == ".so" && !path.filename().string().starts_with('.')) {
      files.push_back(path);
    }
  }
  if (problem) {
    return Error{ErrorCode::kUnavailable, fmt::format("expected to list the plugin folder '{}': {}",
                                                      folder.string(), problem.message())};
  }
  std::sort(files.begin(), files.end());
  return files;
}

const PluginVersion* CurrentOf(const FolderFile& file) {
  return file.current ? &file.versions[*file.current] : nullptr;
}

// "1.0 (SHA-256 5f0c…)": two builds may call themselves the same.
std::string Named(const ports::PluginInfo& info) {
  constexpr std::size_t kStart = 12;
  return fmt::format("{} (SHA-256 {}…)", info.version, info.sha256.substr(0, kStart));
}

bool DoesOffer(const PluginVersion& version, PluginKind kind, std::string_view name) {
  return std::ranges::any_of(version.offers, [&](const auto& offer) {
    return offer->offer.kind == kind && offer->offer.name == name;
  });
}

void Settle(PluginVersion& version, PluginState state, std::optional<Time> since) {
  version.info.state = state;
  version.info.since = since;
  for (const auto& offer : version.offers) {
    if (offer->pool != nullptr) offer->pool->KeepIdle(state == PluginState::kCurrent);
  }
}

ports::PluginInfo InfoOf(const std::filesystem::path& path) {
  ports::PluginInfo info;
  info.name = path.stem().string();
  info.path = path.string();
  info.health = ports::PluginHealth::kBroken;
  return info;
}

}  // namespace

Result<std::unique_ptr<PluginHost>> PluginHost::Load(PluginHostOptions options) {
  if (!options.folder.is_absolute()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("expected the plugin folder as an absolute path, found '{}'",
                             options.folder.string())};
  }
  std::unique_ptr<PluginHost> host(new PluginHost(std::move(options)));
  GW_CHECK(host->ReadFolder(std::nullopt));
  return host;
}

Result<bool> PluginHost::Reload(std::map<std::string, std::string> pins) {
  const std::lock_guard reading(reloading_);
  options_.pins = std::move(pins);
  return ReadFolder(environment_->now());
}

Result<bool> PluginHost::ReadFolder(std::optional<Time> since) {
  GW_CHECK(CheckFolder(options_.folder, options_.trust));
  GW_TRY(paths, FindLibraries(options_.folder));
  bool has_changed = false;
  // First what went: a name that it offered is free then.
  for (auto& [name, file] : files_) {
    const bool is_there = std::ranges::find(paths, options_.folder / name) != paths.end();
    if (is_there) continue;
    if (CurrentOf(*file) != nullptr) {
      Remove(*file, *since);
      has_changed = true;
    }
    const std::unique_lock lock(mutex_);
    has_changed |= std::exchange(file->refused, std::nullopt).has_value();
  }
  const auto file_of = [this](const std::string& name) -> FolderFile& {
    const std::unique_lock lock(mutex_);
    auto& file = files_[name];
    if (file == nullptr) file = std::make_unique<FolderFile>(FolderFile{name, {}, {}, {}});
    return *file;
  };
  for (const auto& path : paths) {
    has_changed |= ReadFile(path, file_of(path.filename().string()), since);
  }
  for (const auto& [name, pin] : options_.pins) {
    const auto path = options_.folder / name;
    if (std::ranges::find(paths, path) != paths.end()) continue;
    ports::PluginInfo info = InfoOf(path);
    info.problem = fmt::format("{}: expected this file, because its SHA-256 is pinned; found none",
                               path.string());
    has_changed |= Refuse(file_of(name), std::move(info), !since);
  }
  return has_changed;
}

bool PluginHost::ReadFile(const std::filesystem::path& path, FolderFile& file,
                          std::optional<Time> since) {
  const auto pinned = options_.pins.find(file.name);
  const auto read = file.versions.empty() ? Result<PluginFile>(PluginFile{})
                                          : ReadPluginFile(path, options_.trust);
  const auto known = std::ranges::find_if(file.versions, [&](const PluginVersion& version) {
    return read && version.info.sha256 == read->sha256;
  });
  const bool is_pinned_away =
      pinned != options_.pins.end() && read && !IsPinned(*read, pinned->second);
  if (known != file.versions.end() && !is_pinned_away) {
    const auto version = static_cast<std::size_t>(known - file.versions.begin());
    if (file.current == version) {
      const std::unique_lock lock(mutex_);
      known->identity = read->identity;
      return std::exchange(file.refused, std::nullopt).has_value();
    }
    const Library again{known->info, known->offers, known->identity};
    if (std::string problem = FindConflict(again, file); !problem.empty()) {
      ports::PluginInfo info = known->info;
      info.problem = path.string() + ": " + problem;
      return Refuse(file, std::move(info), !since);
    }
    Put(file, version, since);
    return true;
  }
  if (std::string problem = FindObstacle(path, file); !problem.empty()) {
    ports::PluginInfo info = InfoOf(path);
    info.sha256 = read ? read->sha256 : "";
    info.problem = path.string() + ": " + problem;
    return Refuse(file, std::move(info), !since);
  }
  Library library = LoadVersion(path, file);
  if (library.info.health == ports::PluginHealth::kOk) {
    if (std::string problem = FindConflict(library, file); !problem.empty()) {
      library.info.problem = path.string() + ": " + problem;
      return Refuse(file, std::move(library.info), !since);
    }
    {
      const std::unique_lock lock(mutex_);
      file.versions.push_back(
          {std::move(library.info), std::move(library.offers), library.identity});
    }
    Put(file, file.versions.size() - 1, since);
    return true;
  }
  return Refuse(file, std::move(library.info), !since);
}

// What speaks against loading whatever stands there, beside what was loaded already.
std::string PluginHost::FindObstacle(const std::filesystem::path& path,
                                     const FolderFile& file) const {
  if (file.versions.size() >= kMostVersions) {
    return fmt::format("expected at most {} versions of a file while the server runs; restart it",
                       kMostVersions);
  }
  const auto identity = IdentityOf(path);
  for (const PluginVersion& version : file.versions) {
    if (version.info.is_isolated || !identity || !identity->IsSameInode(version.identity)) continue;
    return "expected a new file in its place (write it beside, then rename it), found the old one "
           "written over while its code runs in the server; restart the server";
  }
  return "";
}

Library PluginHost::LoadVersion(const std::filesystem::path& path, FolderFile& file) const {
  const std::string name = path.filename().string();
  const auto pinned = options_.pins.find(name);
  const std::string pin = pinned == options_.pins.end() ? "" : pinned->second;
  const auto found = options_.rules_of.find(name);
  const LibraryRules& rules = found == options_.rules_of.end() ? options_.rules : found->second;
  if (rules.isolation == Isolation::kNone) {
    return LoadLibrary(path, pin, options_.trust, file.loads++);
  }
  ChildOptions child;
  child.program = options_.child_program;
  child.sandbox.grants = rules.grants;
  child.sandbox.memory_bytes = options_.child_memory;
  child.most = options_.most_children;
  return LoadIsolated(path, pin, options_.trust, std::move(child), *environment_);
}

// The first library to offer a name keeps it; a later one is broken as a whole, because half of a
// plugin may be worse than none. And a new version may not leave those alone who use the old one.
std::string PluginHost::FindConflict(const Library& library, const FolderFile& file) const {
  const PluginVersion* const current = CurrentOf(file);
  for (const auto& offer : library.offers) {
    const ports::Offer& what = offer->offer;
    const auto known = FindLoaded(what.kind, what.name);
    if (known == nullptr || (current != nullptr && DoesOffer(*current, what.kind, what.name))) {
      continue;
    }
    return fmt::format(
        "expected to be the only one to offer {} '{}', but plugin '{}' was loaded first and offers "
        "it too",
        ports::ToString(what.kind), what.name, known->offer.library);
  }
  if (current == nullptr) return "";
  for (const auto& offer : current->offers) {
    const ports::Offer& what = offer->offer;
    if (DoesOffer({library.info, library.offers, {}}, what.kind, what.name)) continue;
    return fmt::format(
        "expected a new version to offer everything that version {} offers, found no {} '{}'",
        Named(current->info), ports::ToString(what.kind), what.name);
  }
  return "";
}

bool PluginHost::Refuse(FolderFile& file, ports::PluginInfo info, bool is_start) {
  info.health = ports::PluginHealth::kBroken;
  info.state = PluginState::kRefused;
  info.offers.clear();
  const PluginVersion* const current = CurrentOf(file);
  const bool is_news = !file.refused || file.refused->problem != info.problem;
  {
    const std::unique_lock lock(mutex_);
    file.refused = info;
  }
  // Said when it is so: who reads it may look.
  if (is_news && !is_start) {
    environment_->log(LogSeverity::kError, info.name,
                      fmt::format("is not used: {}{}", info.problem,
                                  current == nullptr ? ""
                                                     : fmt::format("; version {} stays in force",
                                                                   Named(current->info))));
  }
  return is_news;
}

void PluginHost::Remove(FolderFile& file, Time since) {
  PluginVersion& version = file.versions[*file.current];
  Offered offered;
  for (const auto& offer : version.offers) {
    offered[OfferKey{offer->offer.kind, offer->offer.name}] = nullptr;
  }
  {
    const std::unique_lock lock(mutex_);
    for (const auto& [key, none] : offered) offers_.at(key).Add(since, nullptr);
    for (const auto& place : PlacesOf(offered)) Come(*place, since, nullptr, nullptr);
    Settle(version, PluginState::kRemoved, since);
    file.current.reset();
  }
  environment_->log(LogSeverity::kWarning, version.info.name,
                    fmt::format("its file was taken away; what had opened or begun stays on "
                                "version {}, what would begin now waits",
                                Named(version.info)));
}

// The places where one of these offers is used. Under the lock.
std::vector<std::shared_ptr<Place>> PluginHost::PlacesOf(const Offered& offered) const {
  std::vector<std::shared_ptr<Place>> found;
  for (const auto& weak : places_) {
    auto place = weak.lock();
    if (place != nullptr && offered.contains(OfferKey{place->kind, place->name})) {
      found.push_back(std::move(place));
    }
  }
  return found;
}

void PluginHost::Put(FolderFile& file, std::size_t index, std::optional<Time> since) {
  Offered offered;
  for (const auto& offer : file.versions[index].offers) {
    offered[OfferKey{offer->offer.kind, offer->offer.name}] = offer;
  }
  {
    const std::unique_lock lock(mutex_);
    for (const auto& [key, offer] : offered) {
      counts_.try_emplace(key, std::make_shared<CallCounts>());
    }
  }
  std::map<std::shared_ptr<Place>, std::shared_ptr<void>> made;
  for (;;) {
    std::unique_lock lock(mutex_);
    auto places = PlacesOf(offered);
    std::erase_if(places, [&](const auto& place) { return made.contains(place); });
    if (places.empty()) {
      // The mutex is held until everything is in its place: nobody sees half of a version.
      if (file.current) Settle(file.versions[*file.current], PluginState::kReplaced, since);
      file.current = index;
      file.refused.reset();
      Settle(file.versions[index], PluginState::kCurrent, since);
      for (const auto& [key, offer] : offered) offers_[key].Add(since, offer);
      for (const auto& [place, instance] : made) {
        const auto& offer = offered.at(OfferKey{place->kind, place->name});
        if (instance != nullptr) Come(*place, since, offer, instance);
      }
      break;
    }
    lock.unlock();
    for (const auto& place : places) {
      const auto& offer = offered.at(OfferKey{place->kind, place->name});
      // Who was told that asking it takes no time must not wait for it now.
      const bool is_slower =
          place->offer != nullptr && place->offer->offer.is_pure && !offer->offer.is_pure;
      made[place] = is_slower ? nullptr : InstanceFor(*place, offer);
    }
  }
  if (since) SayWhatCame(file, made);
}

void PluginHost::Come(Place& place, std::optional<Time> since, const LoadedOfferPtr& offer,
                      const std::shared_ptr<void>& instance) {
  const auto add = [&](auto& typed) {
    using Port = typename std::remove_reference_t<decltype(typed)>::PortType;
    typed.instances.Add(since, std::static_pointer_cast<Port>(instance));
  };
  place.offer = offer;
  switch (place.kind) {
    case PluginKind::kApprover:
      return add(static_cast<PlaceOf<ports::Approver>&>(place));
    case PluginKind::kPolicy:
      return add(static_cast<PlaceOf<ports::Policy>&>(place));
    case PluginKind::kNotifier:
      return add(static_cast<PlaceOf<ports::Notifier>&>(place));
    case PluginKind::kExecutor:
      break;
  }
}

void PluginHost::SayWhatCame(
    const FolderFile& file,
    const std::map<std::shared_ptr<Place>, std::shared_ptr<void>>& made) const {
  const ports::PluginInfo& info = file.versions[*file.current].info;
  std::string said = fmt::format("version {} is loaded", Named(info));
  if (file.versions.size() > 1) {
    said += " beside what was there; what had opened or begun stays on that";
  }
  environment_->log(LogSeverity::kInfo, info.name, said);
  std::map<OfferKey, int> staying;
  for (const auto& [place, instance] : made) {
    if (instance == nullptr) ++staying[OfferKey{place->kind, place->name}];
  }
  for (const auto& [key, count] : staying) {
    environment_->log(
        LogSeverity::kWarning, info.name,
        fmt::format("{} '{}' stays on the version before in {} place{}: the new one "
                    "does not take the settings there, or takes time where the old "
                    "one took none",
                    ports::ToString(key.first), key.second, count, count == 1 ? "" : "s"));
  }
}

std::vector<ports::PluginInfo> PluginHost::List() const {
  std::vector<ports::PluginInfo> list;
  const std::shared_lock lock(mutex_);
  for (const auto& [name, file] : files_) {
    if (file->current) list.push_back(file->versions[*file->current].info);
    if (file->refused) list.push_back(*file->refused);
    for (std::size_t i = file->versions.size(); i-- > 0;) {
      if (file->current != i) list.push_back(file->versions[i].info);
    }
  }
  return list;
}

}  // namespace gatewright::host
