// engine/simulation/stand_ins.h: what stands in for plugins where none can be loaded: the approvers
// `role`, `group` and `user`, and nothing else. What there is and how it is configured, a catalog
// says. Thread-safe if the catalog is.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/plugins.h"

namespace gatewright::simulation {

class StandIns : public ports::Plugins {
 public:
  // `catalog` outlives it.
  explicit StandIns(const ports::Plugins& catalog) : catalog_(catalog) {}

  std::vector<ports::PluginInfo> List() const override { return catalog_.List(); }
  const ports::Offer* Find(ports::PluginKind kind, std::string_view name) const override {
    return catalog_.Find(kind, name);
  }
  std::vector<std::string> Names(ports::PluginKind kind) const override {
    return catalog_.Names(kind);
  }
  std::vector<ports::ConfigProblem> CheckConfig(ports::PluginKind kind, std::string_view name,
                                                std::string_view config_json) const override {
    return catalog_.CheckConfig(kind, name, config_json);
  }

  Result<std::shared_ptr<ports::Approver>> MakeApprover(std::string_view name,
                                                        std::string_view config_json) override;
  Result<std::shared_ptr<ports::Policy>> MakePolicy(std::string_view name,
                                                    std::string_view config_json) override;
  Result<std::shared_ptr<ports::Executor>> MakeExecutor(std::string_view name,
                                                        std::string_view config_json) override;
  Result<std::shared_ptr<ports::Notifier>> MakeNotifier(std::string_view name,
                                                        std::string_view config_json) override;

 private:
  const ports::Plugins& catalog_;
};

}  // namespace gatewright::simulation
