#include "plugins/host/plugin_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <system_error>

#include "plugins/host/child/remote_ports.h"
#include "plugins/host/counted.h"
#include "plugins/host/descriptor.h"
#include "plugins/host/environment.h"
#include "plugins/host/instance.h"
#include "plugins/host/library.h"
#include "plugins/host/plugin_file.h"
#include "plugins/host/ports_of_instances.h"

namespace gatewright::ports {

std::string_view ToString(PluginKind kind) {
  switch (kind) {
    case PluginKind::kApprover:
      return "approver";
    case PluginKind::kPolicy:
      return "policy";
    case PluginKind::kExecutor:
      return "executor";
    case PluginKind::kNotifier:
      return "notifier";
  }
  return "plugin";
}

}  // namespace gatewright::ports

namespace gatewright::host {
namespace {

using ports::PluginKind;

Time SystemNow() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

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

std::vector<ports::ConfigProblem> AgainstSchema(const LoadedOffer& offer,
                                                std::string_view config_json) {
  std::vector<ports::ConfigProblem> problems;
  for (codec::SchemaProblem& problem : offer.schema.Validate(config_json)) {
    problems.push_back({std::move(problem.pointer), std::move(problem.message)});
  }
  return problems;
}

}  // namespace

PluginHost::PluginHost(PluginHostOptions options)
    : options_(std::move(options)),
      environment_(std::make_shared<const Environment>(
          Environment{options_.now ? options_.now : &SystemNow,
                      options_.log ? options_.log : &LogToDefaultLogger, options_.create_limit})) {}

PluginHost::~PluginHost() = default;

Result<std::unique_ptr<PluginHost>> PluginHost::Load(PluginHostOptions options) {
  if (!options.folder.is_absolute()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("expected the plugin folder as an absolute path, found '{}'",
                             options.folder.string())};
  }
  GW_CHECK(CheckFolder(options.folder, options.trust));
  GW_TRY(files, FindLibraries(options.folder));
  std::unique_ptr<PluginHost> host(new PluginHost(options));
  for (const auto& file : files) {
    host->Add(host->LoadOne(file));
  }
  for (const auto& [name, pin] : options.pins) {
    if (std::find(files.begin(), files.end(), options.folder / name) == files.end()) {
      host->AddMissing(options.folder / name);
    }
  }
  return host;
}

Library PluginHost::LoadOne(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  const auto pinned = options_.pins.find(name);
  const std::string pin = pinned == options_.pins.end() ? "" : pinned->second;
  const auto found = options_.rules_of.find(name);
  const LibraryRules& rules = found == options_.rules_of.end() ? options_.rules : found->second;
  if (rules.isolation == Isolation::kNone) return LoadLibrary(file, pin, options_.trust);
  ChildOptions child;
  child.program = options_.child_program;
  child.sandbox.grants = rules.grants;
  child.sandbox.memory_bytes = options_.child_memory;
  child.most = options_.most_children;
  return LoadIsolated(file, pin, options_.trust, std::move(child), *environment_);
}

// The first library to offer a name keeps it; a later one is broken as a whole, because half of a
// plugin may be worse than none.
void PluginHost::Add(Library library) {
  ports::PluginInfo& info = library.info;
  for (const auto& offer : library.offers) {
    const auto known = offers_.find(OfferKey{offer->offer.kind, offer->offer.name});
    if (known == offers_.end()) continue;
    info.health = ports::PluginHealth::kBroken;
    info.problem = fmt::format(
        "{}: expected to be the only one to offer {} '{}', but plugin '{}' "
        "was loaded first and offers it too",
        info.path, ports::ToString(offer->offer.kind), offer->offer.name,
        known->second->offer.library);
    info.offers.clear();
    library.offers.clear();
    break;
  }
  for (auto& offer : library.offers) {
    OfferKey key{offer->offer.kind, offer->offer.name};
    counts_.emplace(key, std::make_shared<CallCounts>());
    offers_.emplace(std::move(key), std::move(offer));
  }
  list_.push_back(std::move(info));
}

void PluginHost::AddMissing(const std::filesystem::path& file) {
  ports::PluginInfo info;
  info.name = file.stem().string();
  info.path = file.string();
  info.health = ports::PluginHealth::kBroken;
  info.problem = fmt::format("{}: expected this file, because its SHA-256 is pinned; found none",
                             file.string());
  list_.push_back(std::move(info));
}

const std::vector<ports::PluginInfo>& PluginHost::List() const { return list_; }

ports::PluginUsage PluginHost::Usage() const {
  ports::PluginUsage usage;
  std::set<const ChildPool*> seen;
  for (const auto& [key, offer] : offers_) {
    ports::OfferUsage& one = usage.offers.emplace_back();
    one.kind = key.first;
    one.name = key.second;
    one.library = offer->offer.library;
    counts_.at(key)->CopyTo(one);
    const ChildPool* pool = offer->pool.get();
    if (pool == nullptr || !seen.insert(pool).second) continue;
    usage.processes.push_back({one.library, pool->running(), pool->failed(), pool->is_resting()});
  }
  return usage;
}

const LoadedOffer* PluginHost::FindLoaded(PluginKind kind, std::string_view name) const {
  const auto found = offers_.find(OfferKey{kind, std::string(name)});
  return found == offers_.end() ? nullptr : found->second.get();
}

const ports::Offer* PluginHost::Find(PluginKind kind, std::string_view name) const {
  const LoadedOffer* const loaded = FindLoaded(kind, name);
  return loaded ? &loaded->offer : nullptr;
}

std::vector<std::string> PluginHost::Names(PluginKind kind) const {
  std::vector<std::string> names;
  for (const auto& [key, offer] : offers_) {
    if (key.first == kind) names.push_back(key.second);
  }
  return names;
}

std::vector<ports::ConfigProblem> PluginHost::CheckConfig(PluginKind kind, std::string_view name,
                                                          std::string_view config_json) const {
  const auto found = offers_.find(OfferKey{kind, std::string(name)});
  if (found == offers_.end()) return {{"", NotOffered(kind, name)}};
  auto problems = AgainstSchema(*found->second, config_json);
  // A formula with a mistake or a zone that is none only the plugin itself finds. Not so what
  // acts: its config is not complete before a run fills it in.
  const bool is_voter = kind == PluginKind::kPolicy || kind == PluginKind::kApprover;
  if (!problems.empty() || !is_voter) return problems;
  const auto made = TryMake(found->second, config_json);
  if (!made && made.error().code == ErrorCode::kInvalid) {
    problems.push_back({"", made.error().message});
  }
  return problems;
}

std::shared_ptr<RemoteInstance> PluginHost::Remote(const LoadedOffer& offer,
                                                   std::string_view config_json) const {
  RemoteLimits limits;
  limits.create_limit = options_.create_limit;
  limits.cancel_grace = options_.cancel_grace;
  limits.now = environment_->now;
  return std::make_shared<RemoteInstance>(offer.pool, offer.offer, config_json, limits);
}

Result<void> PluginHost::TryMake(const std::shared_ptr<const LoadedOffer>& offer,
                                 std::string_view config_json) const {
  if (offer->pool != nullptr) return Remote(*offer, config_json)->TryMake();
  GW_TRY(instance, Instance::Create(environment_, offer, config_json));
  return {};
}

std::string PluginHost::NotOffered(PluginKind kind, std::string_view name) const {
  return fmt::format("expected an {} '{}' in a healthy plugin, found none (known: {})",
                     ports::ToString(kind), name, fmt::join(Names(kind), ", "));
}

Result<std::shared_ptr<const LoadedOffer>> PluginHost::Checked(PluginKind kind,
                                                               std::string_view name,
                                                               std::string_view config_json) const {
  const auto found = offers_.find(OfferKey{kind, std::string(name)});
  if (found == offers_.end()) return Error{ErrorCode::kNotFound, NotOffered(kind, name)};
  std::string problems;
  for (const ports::ConfigProblem& problem : AgainstSchema(*found->second, config_json)) {
    problems +=
        fmt::format("{}{}: {}", problems.empty() ? "" : "; ", problem.pointer, problem.message);
  }
  if (!problems.empty()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{} '{}': config: {}", ports::ToString(kind), name, problems)};
  }
  return found->second;
}

template <class Port>
Result<std::shared_ptr<Port>> PluginHost::Make(
    PluginKind kind, std::string_view name, std::string_view config_json,
    std::shared_ptr<Port> (*near)(std::shared_ptr<Instance>),
    std::shared_ptr<Port> (*far)(std::shared_ptr<RemoteInstance>)) {
  GW_TRY(offer, Checked(kind, name, config_json));
  if (offer->pool == nullptr) {
    GW_TRY(instance, Instance::Create(environment_, offer, config_json));
    return Counted(near(std::move(instance)), counts_.at(OfferKey{kind, std::string(name)}));
  }
  auto instance = Remote(*offer, config_json);
  GW_CHECK(instance->TryMake());
  return Counted(far(std::move(instance)), counts_.at(OfferKey{kind, std::string(name)}));
}

Result<std::shared_ptr<ports::Approver>> PluginHost::MakeApprover(std::string_view name,
                                                                  std::string_view config_json) {
  return Make(PluginKind::kApprover, name, config_json, &AsApprover, &AsRemoteApprover);
}

Result<std::shared_ptr<ports::Policy>> PluginHost::MakePolicy(std::string_view name,
                                                              std::string_view config_json) {
  return Make(PluginKind::kPolicy, name, config_json, &AsPolicy, &AsRemotePolicy);
}

Result<std::shared_ptr<ports::Executor>> PluginHost::MakeExecutor(std::string_view name,
                                                                  std::string_view config_json) {
  return Make(PluginKind::kExecutor, name, config_json, &AsExecutor, &AsRemoteExecutor);
}

Result<std::shared_ptr<ports::Notifier>> PluginHost::MakeNotifier(std::string_view name,
                                                                  std::string_view config_json) {
  return Make(PluginKind::kNotifier, name, config_json, &AsNotifier, &AsRemoteNotifier);
}

}  // namespace gatewright::host
