// plugins/check/recording_plugins.h: the plugins, with what some of them are asked kept as cases.
// Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "engine/ports/plugins.h"
#include "plugins/check/recorder.h"

namespace gatewright::check {

class RecordingPlugins final : public ports::Plugins {
 public:
  // Borrows both.
  RecordingPlugins(ports::Plugins& plugins, Recorder& recorder)
      : plugins_(plugins), recorder_(recorder) {}

  std::vector<ports::PluginInfo> List() const override { return plugins_.List(); }
  ports::PluginUsage Usage() const override { return plugins_.Usage(); }
  const ports::Offer* Find(ports::PluginKind kind, std::string_view name) const override {
    return plugins_.Find(kind, name);
  }
  const ports::Offer* FindAt(ports::PluginKind kind, std::string_view name,
                             Time began) const override {
    return plugins_.FindAt(kind, name, began);
  }
  std::vector<std::string> Names(ports::PluginKind kind) const override {
    return plugins_.Names(kind);
  }
  std::vector<ports::ConfigProblem> CheckConfig(ports::PluginKind kind, std::string_view name,
                                                std::string_view config_json) const override {
    return plugins_.CheckConfig(kind, name, config_json);
  }

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
  // The file that offers it now; empty: it is not to be recorded.
  std::string FileOf(ports::PluginKind kind, std::string_view name) const;
  template <class Recorded, class Port>
  Result<std::shared_ptr<Port>> Wrapped(ports::PluginKind kind, std::string_view name,
                                        std::string_view config_json,
                                        Result<std::shared_ptr<Port>> made);

  ports::Plugins& plugins_;
  Recorder& recorder_;
};

}  // namespace gatewright::check
