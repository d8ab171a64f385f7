// tests/runtime/scripted_plugins.h: plugins that answer what a test told them. The approver "role"
// reads its config as {"role": name}; executors and policies do what their script says.
#pragma once

#include <atomic>
#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/codec/json.h"
#include "engine/ports/plugins.h"

namespace gatewright::testing {

class RoleApprover final : public ports::Approver {
 public:
  explicit RoleApprover(std::string role) : role_(std::move(role)) {}
  Result<ports::Eligibility> Check(const ports::Context&, const core::Principal& principal,
                                   Duration) override {
    const auto& roles = principal.roles;
    const bool has_role =
        principal.is_everybody || std::find(roles.begin(), roles.end(), role_) != roles.end();
    return ports::Eligibility{has_role, has_role ? "has the role" : "lacks role " + role_};
  }

 private:
  std::string role_;
};

using StartScript = std::function<Result<ports::AttemptReport>(
    const ports::AttemptRequest&, ports::AttemptSink&, const std::atomic<bool>& cancelled)>;
using ProbeScript =
    std::function<Result<ports::AttemptReport>(const ports::AttemptRequest&, ports::AttemptSink&)>;
using StopScript = std::function<Result<ports::AttemptReport>(const ports::AttemptRequest&)>;
using PolicyScript = std::function<Result<ports::PolicyVerdict>(const ports::Context&)>;
using NotifyScript = std::function<Result<void>(std::string_view id, std::string_view type)>;
using DeliverScript =
    std::function<Result<void>(std::string_view config, std::string_view id, std::string_view type,
                               std::string_view json, ports::DeliveryAdvice& advice)>;

class ScriptedPlugins final : public ports::Plugins {
 public:
  StartScript start = [](const auto&, auto&, const auto&) {
    return ports::AttemptReport{ports::AttemptOutcome::kSucceeded, "done", ""};
  };
  ProbeScript probe = [](const auto&, auto&) { return ports::AttemptReport{}; };
  StopScript stop = [](const auto&) { return ports::AttemptReport{}; };
  StopScript rollback = stop;
  PolicyScript policy = [](const auto&) {
    return ports::PolicyVerdict{ports::PolicyChoice::kAbstain, "no opinion", "", Duration{0}};
  };
  NotifyScript notify = [](auto, auto) { return Result<void>(); };
  DeliverScript deliver{};  // instead of `notify`, when a test needs more
  // The configs of every executor made.
  std::vector<std::string> configs() {
    const std::lock_guard lock(mutex_);
    return configs_;
  }
  ports::Offer offer = [] {  // of everything
    ports::Offer made;
    made.is_pure = true;
    return made;
  }();

  std::vector<ports::PluginInfo> List() const override { return plugins_; }
  const ports::Offer* Find(ports::PluginKind, std::string_view) const override { return &offer; }
  std::vector<std::string> Names(ports::PluginKind) const override { return {}; }
  std::vector<ports::ConfigProblem> CheckConfig(ports::PluginKind, std::string_view,
                                                std::string_view) const override {
    return {};
  }
  Result<std::shared_ptr<ports::Approver>> MakeApprover(std::string_view,
                                                        std::string_view config) override {
    const auto parsed = codec::ParseJson(config);
    return std::shared_ptr<ports::Approver>(
        std::make_shared<RoleApprover>(std::string(parsed->as_object().at("role").as_string())));
  }
  Result<std::shared_ptr<ports::Policy>> MakePolicy(std::string_view, std::string_view) override {
    return std::shared_ptr<ports::Policy>(std::make_shared<Policy>(*this));
  }
  Result<std::shared_ptr<ports::Executor>> MakeExecutor(std::string_view,
                                                        std::string_view config) override {
    const std::lock_guard lock(mutex_);
    configs_.emplace_back(config);
    return std::shared_ptr<ports::Executor>(std::make_shared<Executor>(*this));
  }
  Result<std::shared_ptr<ports::Notifier>> MakeNotifier(std::string_view,
                                                        std::string_view config) override {
    return std::shared_ptr<ports::Notifier>(std::make_shared<Notifier>(*this, config));
  }

 private:
  struct Policy final : ports::Policy {
    explicit Policy(ScriptedPlugins& owner) : plugins(owner) {}
    Result<ports::PolicyVerdict> Evaluate(const ports::Context& context, Duration) override {
      return plugins.policy(context);
    }
    ScriptedPlugins& plugins;
  };
  struct Executor final : ports::Executor {
    explicit Executor(ScriptedPlugins& owner) : plugins(owner) {}
    Result<ports::AttemptReport> Start(const ports::AttemptRequest& request,
                                       ports::AttemptSink& sink, Duration,
                                       const std::atomic<bool>& cancelled) override {
      return plugins.start(request, sink, cancelled);
    }
    Result<ports::AttemptReport> Probe(const ports::AttemptRequest& request,
                                       ports::AttemptSink& sink, Duration) override {
      return plugins.probe(request, sink);
    }
    Result<ports::AttemptReport> Stop(const ports::AttemptRequest& request, ports::AttemptSink&,
                                      Duration) override {
      return plugins.stop(request);
    }
    Result<ports::AttemptReport> Rollback(const ports::AttemptRequest& request, ports::AttemptSink&,
                                          Duration, const std::atomic<bool>&) override {
      return plugins.rollback(request);
    }
    ScriptedPlugins& plugins;
  };
  struct Notifier final : ports::Notifier {
    Notifier(ScriptedPlugins& owner, std::string_view with) : plugins(owner), config(with) {}
    Result<void> Deliver(std::string_view id, std::string_view type, std::string_view json,
                         Duration, ports::DeliveryAdvice* advice) override {
      ports::DeliveryAdvice unwanted;
      if (!plugins.deliver) return plugins.notify(id, type);
      return plugins.deliver(config, id, type, json, advice == nullptr ? unwanted : *advice);
    }
    ScriptedPlugins& plugins;
    std::string config;
  };

  std::vector<ports::PluginInfo> plugins_;
  std::mutex mutex_;  // guards configs_
  std::vector<std::string> configs_;
};

}  // namespace gatewright::testing
