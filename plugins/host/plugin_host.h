// plugins/host/plugin_host.h: loads the shared libraries of one folder and calls into them, inside
// this process. Thread-safe after Load.
// In-process means: a deadline is announced to the plugin and checked by it, but a plugin that
// ignores it keeps its thread until it returns, and one that crashes takes the process along.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/ports/plugins.h"

namespace gatewright::host {

enum class LogSeverity { kDebug = 1, kInfo, kWarning, kError };

enum class FolderTrust {
  // Every plugin, its folder and the folders above it belong to root or to us, and nobody else may
  // write to them (a sticky folder such as /tmp passes).
  kOnlyOwners = 1,
  kAnybody,  // for a checkout on a shared development machine
};

struct PluginHostOptions {
  std::filesystem::path folder{};             // absolute
  std::map<std::string, std::string> pins{};  // file name → SHA-256 as hex; only that file loads
  FolderTrust trust = FolderTrust::kOnlyOwners;
  Duration create_limit = std::chrono::seconds{5};  // for a plugin's create()
  std::function<Time()> now{};                      // empty = the system's clock
  // What plugins say, one printable line at a time; called by any thread. Empty = spdlog.
  std::function<void(LogSeverity, std::string_view offer, std::string_view line)> log{};
};

class Instance;
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

  // An instance of the offer, once its config was found right.
  Result<std::shared_ptr<Instance>> Make(ports::PluginKind kind, std::string_view name,
                                         std::string_view config_json) const;

  std::shared_ptr<const Environment> environment_;
  std::vector<ports::PluginInfo> list_;
  std::map<OfferKey, std::shared_ptr<const LoadedOffer>, std::less<>> offers_;
};

}  // namespace gatewright::host
