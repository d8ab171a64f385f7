// server/cli/any_plugins.h: a catalog that knows every plugin, accepts every config and can make
// none of them. Stored workflows are read with it: a plugin that has gone since must not lose the
// runs that were made under them. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "engine/ports/plugins.h"

namespace gatewright::cli {

class AnyPlugins final : public ports::Plugins {
 public:
  std::vector<ports::PluginInfo> List() const override;
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
  // What was asked for so far; pointers to its values stay good.
  mutable std::mutex mutex_;
  mutable std::map<std::pair<ports::PluginKind, std::string>, ports::Offer> offers_;
};

}  // namespace gatewright::cli
