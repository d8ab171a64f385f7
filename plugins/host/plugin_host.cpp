#include "plugins/host/plugin_host.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "plugins/host/child/remote_ports.h"
#include "plugins/host/counted.h"
#include "plugins/host/descriptor.h"
#include "plugins/host/environment.h"
#include "plugins/host/folder_file.h"
#include "plugins/host/instance.h"
#include "plugins/host/place.h"
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

std::vector<ports::ConfigProblem> AgainstSchema(const LoadedOffer& offer,
                                                std::string_view config_json) {
  std::vector<ports::ConfigProblem> problems;
  for (codec::SchemaProblem& problem : offer.schema.Validate(config_json)) {
    problems.push_back({std::move(problem.pointer), std::move(problem.message)});
  }
  return problems;
}

// What the templates below need to know of each kind.
constexpr PluginKind KindOf(const ports::Approver*) { return PluginKind::kApprover; }
constexpr PluginKind KindOf(const ports::Policy*) { return PluginKind::kPolicy; }
constexpr PluginKind KindOf(const ports::Notifier*) { return PluginKind::kNotifier; }

using InstancePtr = std::shared_ptr<Instance>;
using RemotePtr = std::shared_ptr<RemoteInstance>;
auto Near(InstancePtr one, ports::Approver*) { return AsApprover(std::move(one)); }
auto Near(InstancePtr one, ports::Policy*) { return AsPolicy(std::move(one)); }
auto Near(InstancePtr one, ports::Executor*) { return AsExecutor(std::move(one)); }
auto Near(InstancePtr one, ports::Notifier*) { return AsNotifier(std::move(one)); }
auto Far(RemotePtr one, ports::Approver*) { return AsRemoteApprover(std::move(one)); }
auto Far(RemotePtr one, ports::Policy*) { return AsRemotePolicy(std::move(one)); }
auto Far(RemotePtr one, ports::Executor*) { return AsRemoteExecutor(std::move(one)); }
auto Far(RemotePtr one, ports::Notifier*) { return AsRemoteNotifier(std::move(one)); }

constexpr std::size_t kFewPlaces = 64;  // not worth looking which are still used

}  // namespace

PluginHost::PluginHost(PluginHostOptions options)
    : options_(std::move(options)),
      environment_(std::make_shared<const Environment>(
          Environment{options_.now ? options_.now : &SystemNow,
                      options_.log ? options_.log : &LogToDefaultLogger, options_.create_limit})) {}

PluginHost::~PluginHost() = default;

std::shared_ptr<CallCounts> PluginHost::CountsOf(PluginKind kind, const std::string& name) const {
  const std::shared_lock lock(mutex_);
  return counts_.at(OfferKey{kind, name});
}

ports::PluginUsage PluginHost::Usage() const {
  ports::PluginUsage usage;
  const std::shared_lock lock(mutex_);
  for (const auto& [key, chain] : offers_) {
    const auto offer = chain.newest();
    if (offer == nullptr) continue;
    ports::OfferUsage& one = usage.offers.emplace_back();
    one.kind = key.first;
    one.name = key.second;
    one.library = offer->offer.library;
    counts_.at(key)->CopyTo(one);
  }
  for (const auto& [name, file] : files_) {
    ports::ProcessUsage one;
    std::set<const ChildPool*> seen;
    for (const auto& version : file->versions) {
      for (const auto& offer : version.offers) {
        const ChildPool* pool = offer->pool.get();
        if (pool == nullptr || !seen.insert(pool).second) continue;
        one.library = offer->offer.library;
        one.running += pool->running();
        one.failed += pool->failed();
        one.is_resting |= pool->is_resting();
      }
    }
    if (!seen.empty()) usage.processes.push_back(std::move(one));
  }
  return usage;
}

PluginHost::LoadedOfferPtr PluginHost::FindLoaded(PluginKind kind, std::string_view name,
                                                  Time began) const {
  const std::shared_lock lock(mutex_);
  const auto found = offers_.find(OfferKey{kind, std::string(name)});
  return found == offers_.end() ? nullptr : found->second.At(began);
}

// Nothing that was offered once is ever destroyed before the host is.
const ports::Offer* PluginHost::Find(PluginKind kind, std::string_view name) const {
  return FindAt(kind, name, Time::max());
}

const ports::Offer* PluginHost::FindAt(PluginKind kind, std::string_view name, Time began) const {
  const auto loaded = FindLoaded(kind, name, began);
  return loaded ? &loaded->offer : nullptr;
}

bool PluginHost::WasOffered(PluginKind kind, std::string_view name) const {
  const std::shared_lock lock(mutex_);
  return offers_.contains(OfferKey{kind, std::string(name)});
}

std::vector<std::string> PluginHost::Names(PluginKind kind) const {
  std::vector<std::string> names;
  const std::shared_lock lock(mutex_);
  for (const auto& [key, chain] : offers_) {
    if (key.first == kind && chain.newest() != nullptr) names.push_back(key.second);
  }
  return names;
}

std::vector<ports::ConfigProblem> PluginHost::CheckConfig(PluginKind kind, std::string_view name,
                                                          std::string_view config_json) const {
  const auto offer = FindLoaded(kind, name);
  if (offer == nullptr) return {{"", NotOffered(kind, name)}};
  auto problems = AgainstSchema(*offer, config_json);
  // A formula with a mistake or a zone that is none only the plugin itself finds. Not so what
  // acts: its config is not complete before a run fills it in.
  const bool is_voter = kind == PluginKind::kPolicy || kind == PluginKind::kApprover;
  if (!problems.empty() || !is_voter) return problems;
  const auto made = TryMake(offer, config_json);
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

template <class Port>
Result<std::shared_ptr<Port>> PluginHost::MakeInstance(const LoadedOfferPtr& offer,
                                                       std::string_view config_json) const {
  const ports::Offer& what = offer->offer;
  std::string problems;
  for (const ports::ConfigProblem& problem : AgainstSchema(*offer, config_json)) {
    problems +=
        fmt::format("{}{}: {}", problems.empty() ? "" : "; ", problem.pointer, problem.message);
  }
  if (!problems.empty()) {
    return Error{ErrorCode::kInvalid, fmt::format("{} '{}': config: {}", ports::ToString(what.kind),
                                                  what.name, problems)};
  }
  if (offer->pool == nullptr) {
    GW_TRY(instance, Instance::Create(environment_, offer, config_json));
    return Counted(Near(std::move(instance), static_cast<Port*>(nullptr)),
                   CountsOf(what.kind, what.name));
  }
  auto instance = Remote(*offer, config_json);
  GW_CHECK(instance->TryMake());
  return Counted(Far(std::move(instance), static_cast<Port*>(nullptr)),
                 CountsOf(what.kind, what.name));
}

std::shared_ptr<void> PluginHost::InstanceFor(const Place& place,
                                              const LoadedOfferPtr& offer) const {
  const auto made = [&](auto instance) -> std::shared_ptr<void> {
    return instance ? *instance : nullptr;
  };
  switch (place.kind) {
    case PluginKind::kApprover:
      return made(MakeInstance<ports::Approver>(offer, place.config_json));
    case PluginKind::kPolicy:
      return made(MakeInstance<ports::Policy>(offer, place.config_json));
    case PluginKind::kNotifier:
      return made(MakeInstance<ports::Notifier>(offer, place.config_json));
    case PluginKind::kExecutor:
      break;
  }
  return nullptr;
}

template <class Port>
Result<std::shared_ptr<Port>> PluginHost::MakePlace(std::string_view name,
                                                    std::string_view config_json) {
  constexpr PluginKind kKind = KindOf(static_cast<Port*>(nullptr));
  for (;;) {
    const auto offer = FindLoaded(kKind, name);
    if (offer == nullptr) return Error{ErrorCode::kNotFound, NotOffered(kKind, name)};
    GW_TRY(instance, MakeInstance<Port>(offer, config_json));
    const auto place = std::make_shared<PlaceOf<Port>>(
        Place{kKind, std::string(name), std::string(config_json), offer});
    place->instances.Add(std::nullopt, std::move(instance));
    const std::lock_guard lock(mutex_);
    // A new version came meanwhile, and did not see this place.
    if (offers_.at(OfferKey{kKind, place->name}).newest() != offer) continue;
    if (places_.size() >= sweep_at_) {
      std::erase_if(places_, [](const auto& one) { return one.expired(); });
      sweep_at_ = 2 * places_.size() + kFewPlaces;
    }
    places_.push_back(place);
    return AsPort(place);
  }
}

Result<std::shared_ptr<ports::Approver>> PluginHost::MakeApprover(std::string_view name,
                                                                  std::string_view config_json) {
  return MakePlace<ports::Approver>(name, config_json);
}

Result<std::shared_ptr<ports::Policy>> PluginHost::MakePolicy(std::string_view name,
                                                              std::string_view config_json) {
  return MakePlace<ports::Policy>(name, config_json);
}

Result<std::shared_ptr<ports::Notifier>> PluginHost::MakeNotifier(std::string_view name,
                                                                  std::string_view config_json) {
  return MakePlace<ports::Notifier>(name, config_json);
}

Result<std::shared_ptr<ports::Executor>> PluginHost::MakeExecutor(std::string_view name,
                                                                  std::string_view config_json) {
  return MakeExecutorAt(name, config_json, Time::max());
}

// One call has it: it needs no place.
Result<std::shared_ptr<ports::Executor>> PluginHost::MakeExecutorAt(std::string_view name,
                                                                    std::string_view config_json,
                                                                    Time began) {
  const auto offer = FindLoaded(PluginKind::kExecutor, name, began);
  if (offer != nullptr) return MakeInstance<ports::Executor>(offer, config_json);
  if (WasOffered(PluginKind::kExecutor, name)) return WasRemoved(PluginKind::kExecutor, name);
  return Error{ErrorCode::kNotFound, NotOffered(PluginKind::kExecutor, name)};
}

}  // namespace gatewright::host
