// server/cli/any_plugins.cpp: says yes to every question and no to every making.
#include "server/cli/any_plugins.h"

#include <fmt/format.h>

namespace gatewright::cli {
namespace {

Error CannotMake(std::string_view name) {
  return Error{ErrorCode::kInternal,
               fmt::format("'{}' is only a name here: stored workflows are read, not run", name)};
}

}  // namespace

std::vector<ports::PluginInfo> AnyPlugins::List() const {
  static const std::vector<ports::PluginInfo> kNone;
  return kNone;
}

const ports::Offer* AnyPlugins::Find(ports::PluginKind kind, std::string_view name) const {
  const std::lock_guard lock(mutex_);
  ports::Offer& offer = offers_[{kind, std::string(name)}];
  offer.kind = kind;
  offer.name = name;
  offer.config_schema = "{}";
  // Whatever the plugin could do, the workflow was accepted with it.
  offer.can_probe = true;
  offer.can_stop = true;
  return &offer;
}

std::vector<std::string> AnyPlugins::Names(ports::PluginKind) const { return {}; }

std::vector<ports::ConfigProblem> AnyPlugins::CheckConfig(ports::PluginKind, std::string_view,
                                                          std::string_view) const {
  return {};
}

Result<std::shared_ptr<ports::Approver>> AnyPlugins::MakeApprover(std::string_view name,
                                                                  std::string_view) {
  return CannotMake(name);
}

Result<std::shared_ptr<ports::Policy>> AnyPlugins::MakePolicy(std::string_view name,
                                                              std::string_view) {
  return CannotMake(name);
}

Result<std::shared_ptr<ports::Executor>> AnyPlugins::MakeExecutor(std::string_view name,
                                                                  std::string_view) {
  return CannotMake(name);
}

Result<std::shared_ptr<ports::Notifier>> AnyPlugins::MakeNotifier(std::string_view name,
                                                                  std::string_view) {
  return CannotMake(name);
}

}  // namespace gatewright::cli
