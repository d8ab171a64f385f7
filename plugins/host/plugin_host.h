// plugins/host/plugin_host.h: loads the shared libraries of one folder and calls into them; what
// changes in the folder later is loaded beside what was there. Thread-safe after Load.
// In this process, a deadline is announced to the plugin and checked by it, but a plugin that
// ignores it keeps its thread until it returns, and one that crashes takes the process along. In a
// process of its own, it costs the call that it was asked, whatever it does.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/ports/plugins.h"
#include "plugins/host/child/sandbox.h"

namespace gatewright::host {

enum class LogSeverity { kDebug = 1, kInfo, kWarning, kError };

enum class FolderTrust {
  // Every plugin, its folder and the folders above it belong to root or to us, and nobody else may
  // write to them (a sticky folder such as /tmp passes).
  kOnlyOwners = 1,
  kAnybody,  // for a checkout on a shared development machine
};

enum class Isolation {
  kNone = 1,  // in this process
  kProcess,   // in processes of its own, see plugins/host/child
};

// What the operator says about one library.
struct LibraryRules {
  Isolation isolation = Isolation::kNone;
  std::set<Grant> grants{};  // kProcess only
};

struct PluginHostOptions {
  std::filesystem::path folder{};             // absolute
  std::map<std::string, std::string> pins{};  // file name → SHA-256 as hex; only that file loads
  FolderTrust trust = FolderTrust::kOnlyOwners;
  LibraryRules rules{};                              // of every file that is not named below
  std::map<std::string, LibraryRules> rules_of{};    // by file name
  std::filesystem::path child_program{};             // knows `plugin-host`; for kProcess
  std::int64_t child_memory = 1024LL * 1024 * 1024;  // bytes of address space of each process
  std::size_t most_children = 16;                    // processes of one library at once
  Duration cancel_grace = std::chrono::seconds{10};  // until a deaf process is killed
  Duration create_limit = std::chrono::seconds{5};   // for a plugin's create()
  std::function<Time()> now{};                       // empty = the system's clock
  // What plugins say, one printable line at a time; called by any thread. Empty = spdlog.
  std::function<void(LogSeverity, std::string_view offer, std::string_view line)> log{};
};

class CallCounts;
class Instance;
class RemoteInstance;
struct Environment;
struct FolderFile;
struct Library;
struct LoadedOffer;
struct Place;
struct PluginFile;
template <class Value>
class Chain;

class PluginHost final : public ports::Plugins {
 public:
  // Loads every *.so of the folder, in the order of their names. One that cannot be used is listed
  // as broken, with a sentence, and offers nothing. An Error is about the folder itself.
  static Result<std::unique_ptr<PluginHost>> Load(PluginHostOptions options);
  ~PluginHost() override;

  // Reads the folder again. A file that is new or has other bytes is checked like at the start and
  // loaded beside what it was; from now on every gate that opens and every attempt that begins is
  // its. One that cannot be used is listed as refused, and what was there stays. What is gone keeps
  // what it has. True: something has changed; what, the log says.
  Result<bool> Reload(std::map<std::string, std::string> pins);

  std::vector<ports::PluginInfo> List() const override;
  ports::PluginUsage Usage() const override;
  const ports::Offer* Find(ports::PluginKind kind, std::string_view name) const override;
  const ports::Offer* FindAt(ports::PluginKind kind, std::string_view name,
                             Time began) const override;
  std::vector<std::string> Names(ports::PluginKind kind) const override;
  std::vector<ports::ConfigProblem> CheckConfig(ports::PluginKind kind, std::string_view name,
                                                std::string_view config_json) const override;

  Result<std::shared_ptr<ports::Approver>> MakeApprover(std::string_view name,
                                                        std::string_view config_json) override;
  Result<std::shared_ptr<ports::Policy>> MakePolicy(std::string_view name,
                                                    std::string_view config_json) override;
  Result<std::shared_ptr<ports::Executor>> MakeExecutor(std::string_view name,
                                                        std::string_view config_json) override;
  Result<std::shared_ptr<ports::Executor>> MakeExecutorAt(std::string_view name,
                                                          std::string_view config_json,
                                                          Time began) override;
  Result<std::shared_ptr<ports::Notifier>> MakeNotifier(std::string_view name,
                                                        std::string_view config_json) override;

 private:
  using OfferKey = std::pair<ports::PluginKind, std::string>;
  using LoadedOfferPtr = std::shared_ptr<const LoadedOffer>;
  using Offers = std::map<OfferKey, Chain<const LoadedOffer>, std::less<>>;
  using Offered = std::map<OfferKey, LoadedOfferPtr>;

  explicit PluginHost(PluginHostOptions options);

  // The newest version, or that of what began then; null: none.
  LoadedOfferPtr FindLoaded(ports::PluginKind kind, std::string_view name,
                            Time began = Time::max()) const;
  bool WasOffered(ports::PluginKind kind, std::string_view name) const;
  std::string NotOffered(ports::PluginKind kind, std::string_view name) const;
  std::shared_ptr<RemoteInstance> Remote(const LoadedOffer& offer,
                                         std::string_view config_json) const;
  // Whether the plugin's create() takes the config.
  Result<void> TryMake(const LoadedOfferPtr& offer, std::string_view config_json) const;
  std::shared_ptr<CallCounts> CountsOf(ports::PluginKind kind, const std::string& name) const;
  // An instance, once the config was found right.
  template <class Port>
  Result<std::shared_ptr<Port>> MakeInstance(const LoadedOfferPtr& offer,
                                             std::string_view config_json) const;
  // The same, in a place that later versions come to.
  template <class Port>
  Result<std::shared_ptr<Port>> MakePlace(std::string_view name, std::string_view config_json);

  // plugins/host/reload.cpp, under `reloading_`.
  Result<bool> ReadFolder(std::optional<Time> since);
  bool ReadFile(const std::filesystem::path& path, FolderFile& file, std::optional<Time> since);
  bool Refuse(FolderFile& file, ports::PluginInfo info, bool is_start);
  Library LoadVersion(const std::filesystem::path& path, FolderFile& file) const;
  std::string FindObstacle(const std::filesystem::path& path, const FolderFile& file) const;
  std::string FindConflict(const Library& library, const FolderFile& file) const;
  void Remove(FolderFile& file, Time since);
  void Put(FolderFile& file, std::size_t version, std::optional<Time> since);
  std::vector<std::shared_ptr<Place>> PlacesOf(const Offered& offered) const;
  std::shared_ptr<void> InstanceFor(const Place& place, const LoadedOfferPtr& offer) const;
  static void Come(Place& place, std::optional<Time> since, const LoadedOfferPtr& offer,
                   const std::shared_ptr<void>& instance);
  void SayWhatCame(const FolderFile& file,
                   const std::map<std::shared_ptr<Place>, std::shared_ptr<void>>& made) const;

  PluginHostOptions options_;
  std::shared_ptr<const Environment> environment_;

  std::mutex reloading_;  // one reads the folder at a time; guards options_.pins

  mutable std::shared_mutex mutex_;                           // guards everything below
  std::map<std::string, std::unique_ptr<FolderFile>> files_;  // by name
  Offers offers_;
  std::map<OfferKey, std::shared_ptr<CallCounts>, std::less<>> counts_;
  std::vector<std::weak_ptr<Place>> places_;
  std::size_t sweep_at_ = 0;  // so many places: who is not used any more goes
};

}  // namespace gatewright::host
