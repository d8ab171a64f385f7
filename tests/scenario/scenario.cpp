#include "tests/scenario/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>

#include "engine/simulation/player.h"
#include "engine/simulation/stand_ins.h"
#include "plugins/host/plugin_host.h"
#include "tests/support/fake_plugins.h"

namespace gatewright::scenario {
namespace {

// Formulas, and the policies that a simulation asks, are the real ones: a story is about what they
// say.
class Cast final : public simulation::StandIns {
 public:
  explicit Cast(const ports::Plugins& catalog) : StandIns(catalog) {
    host::PluginHostOptions options;
    options.folder = GATEWRIGHT_PLUGINS;
    options.trust = host::FolderTrust::kAnybody;
    auto loaded = host::PluginHost::Load(std::move(options));
    if (loaded) {
      real_ = *std::move(loaded);
    } else {
      ADD_FAILURE() << loaded.error().message;
    }
  }

  std::vector<ports::ConfigProblem> CheckConfig(ports::PluginKind kind, std::string_view name,
                                                std::string_view config_json) const override {
    if (IsReal(kind, name)) return real_->CheckConfig(kind, name, config_json);
    return StandIns::CheckConfig(kind, name, config_json);
  }

  Result<std::shared_ptr<ports::Approver>> MakeApprover(std::string_view name,
                                                        std::string_view config_json) override {
    if (IsReal(ports::PluginKind::kApprover, name)) return real_->MakeApprover(name, config_json);
    return StandIns::MakeApprover(name, config_json);
  }

  Result<std::shared_ptr<ports::Policy>> MakePolicy(std::string_view name,
                                                    std::string_view config_json) override {
    if (IsReal(ports::PluginKind::kPolicy, name)) return real_->MakePolicy(name, config_json);
    return StandIns::MakePolicy(name, config_json);
  }

 private:
  bool IsReal(ports::PluginKind kind, std::string_view name) const {
    constexpr std::array<std::string_view, 3> kAsked = {"match", "expr", "window"};
    if (real_ == nullptr) return false;
    if (kind == ports::PluginKind::kApprover) return name == "expr";
    return kind == ports::PluginKind::kPolicy && std::ranges::find(kAsked, name) != kAsked.end();
  }

  std::unique_ptr<host::PluginHost> real_;
};

}  // namespace

Log Play(const std::string& path) {
  const auto read = simulation::ReadCasesOf(path);
  if (!read.mistake.empty() || read.cases.size() != 1) {
    ADD_FAILURE() << path << ": " << read.mistake;
    return {};
  }
  static const testing::FakePlugins catalog;
  static Cast plugins(catalog);
  const auto report = simulation::Play(read.cases.front(), {plugins, nullptr, {}, "{}"});
  for (const auto& problem : report.problems) {
    ADD_FAILURE() << path << ":" << problem.line << ": " << problem.message;
  }
  if (!report.mistake.empty()) ADD_FAILURE() << path << ": " << report.mistake;
  Log log;
  if (report.runs.empty()) return log;
  for (const auto& entry : report.runs.front().log) log.push_back({entry.stamp, entry.events});
  return log;
}

}  // namespace gatewright::scenario
