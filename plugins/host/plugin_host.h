// plugins/host/plugin_host.h: loads the shared libraries of one folder and calls into them.
// Thread-safe after Load.
// In this process, a deadline is announced to the plugin and checked by it, but a plugin that
// ignores it keeps its thread until it returns, and one that crashes takes the process along. In a
// process of its own, it costs the call that it was asked, whatever it does.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
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
struct Library;
struct LoadedOffer;

class PluginHost final : public ports::Plugins {
 public:
  // Loads every *.so of the folder, in the order of their names. One that cannot be used is listed
  // as broken, with a sentence, and offers nothing. An Error is about the folder itself.
  static Result<std::unique_ptr<PluginHost>> Load(PluginHostOptions options);
  ~PluginHost() override;

  const std::vector<ports::PluginInfo>& List() const override;
  ports::PluginUsage Usage() const override;
  const ports::Offer* Find(ports::PluginKind kind, std::string_view name) const override;
  std::vector<std::string> Names(ports::PluginKind kind) const override;
  std::vector<ports::ConfigProblem> CheckConfig(ports::PluginKind kind, std::string_view name,
                                                std::string_view config_json) const override;

  Result<std::shared_ptr<ports::Approver>> MakeApprover(std::string_view name,
                                                        std::string_view config_json) override;
  Result<std::shared_ptr<ports::Policy>> MakePolicy(std::string_view name,
                                                    std::string_view config_json) override;
  Result<std::shared_ptr<ports::Executor>> MakeExecutor(std::string_view name,
                                                        std::string_view config_json) override;
  Result<std::shared_ptr<ports::Notifier>> MakeNotifier(std::string_view name,
                                                        std::string_view config_json) override;

 private:
  using OfferKey = std::pair<ports::PluginKind, std::string>;

  explicit PluginHost(PluginHostOptions options);
  void Add(Library library);
  void AddMissing(const std::filesystem::path& file);
  std::string NotOffered(ports::PluginKind kind, std::string_view name) const;
  const LoadedOffer* FindLoaded(ports::PluginKind kind, std::string_view name) const;

  std::shared_ptr<RemoteInstance> Remote(const LoadedOffer& offer,
                                         std::string_view config_json) const;
  // Whether the plugin's create() takes the config.
  Result<void> TryMake(const std::shared_ptr<const LoadedOffer>& offer,
                       std::string_view config_json) const;
  // The offer, once the config was found right, and an instance of it.
  Result<std::shared_ptr<const LoadedOffer>> Checked(ports::PluginKind kind, std::string_view name,
                                                     std::string_view config_json) const;
  template <class Port>
  Result<std::shared_ptr<Port>> Make(ports::PluginKind kind, std::string_view name,
                                     std::string_view config_json,
                                     std::shared_ptr<Port> (*near)(std::shared_ptr<Instance>),
                                     std::shared_ptr<Port> (*far)(std::shared_ptr<RemoteInstance>));

  Library LoadOne(const std::filesystem::path& file);

  PluginHostOptions options_;
  std::shared_ptr<const Environment> environment_;
  std::vector<ports::PluginInfo> list_;
  std::map<OfferKey, std::shared_ptr<const LoadedOffer>, std::less<>> offers_;
  std::map<OfferKey, std::shared_ptr<CallCounts>, std::less<>> counts_;
};

}  // namespace gatewright::host
