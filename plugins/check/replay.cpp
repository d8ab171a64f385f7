#include "plugins/check/replay.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "plugins/check/answer.h"
#include "plugins/host/child/remote_ports.h"
#include "plugins/host/instance.h"
#include "plugins/host/library.h"
#include "plugins/host/ports_of_instances.h"

namespace gatewright::check {
namespace {

namespace json = boost::json;
using host::Function;
using ports::PluginKind;

struct KeepOutput final : ports::AttemptSink {
  void Output(std::string_view bytes) override { output += bytes; }
  void Progress(int, std::string_view) override {}
  std::string output;
};

ports::Context ContextOf(const Case& recorded, const std::string& digest, Time now) {
  ports::Context context;
  context.run = RunId{recorded.run};
  context.epoch = recorded.epoch;
  context.workflow = recorded.workflow;
  context.stage = recorded.stage;
  context.rule = recorded.rule;
  context.requester = recorded.requester;
  context.subject_json = recorded.subject_json;
  context.subject_digest = digest;
  context.facts_json = recorded.facts_json;
  context.callback_url = recorded.callback_url;
  context.now = now;
  return context;
}

// The four kinds, wherever the plugin runs.
struct Askable {
  std::shared_ptr<ports::Approver> approver;
  std::shared_ptr<ports::Policy> policy;
  std::shared_ptr<ports::Executor> executor;
  std::shared_ptr<ports::Notifier> notifier;
};

Askable AskableOf(PluginKind kind, std::shared_ptr<host::Instance> instance) {
  switch (kind) {
    case PluginKind::kApprover:
      return {host::AsApprover(std::move(instance)), {}, {}, {}};
    case PluginKind::kPolicy:
      return {{}, host::AsPolicy(std::move(instance)), {}, {}};
    case PluginKind::kExecutor:
      return {{}, {}, host::AsExecutor(std::move(instance)), {}};
    case PluginKind::kNotifier:
      return {{}, {}, {}, host::AsNotifier(std::move(instance))};
  }
  return {};
}

Askable AskableOf(PluginKind kind, std::shared_ptr<host::RemoteInstance> instance) {
  switch (kind) {
    case PluginKind::kApprover:
      return {host::AsRemoteApprover(std::move(instance)), {}, {}, {}};
    case PluginKind::kPolicy:
      return {{}, host::AsRemotePolicy(std::move(instance)), {}, {}};
    case PluginKind::kExecutor:
      return {{}, {}, host::AsRemoteExecutor(std::move(instance)), {}};
    case PluginKind::kNotifier:
      return {{}, {}, {}, host::AsRemoteNotifier(std::move(instance))};
  }
  return {};
}

json::object AskOnce(const Askable& asked, const Case& recorded, Time now) {
  const std::string digest = "sha256:" + codec::Sha256Hex(recorded.subject_json);
  const ports::Context context = ContextOf(recorded, digest, now);
  if (asked.approver) {
    return AnswerOf(asked.approver->Check(context, recorded.principal, recorded.limit));
  }
  if (asked.policy) return AnswerOf(asked.policy->Evaluate(context, recorded.limit));
  if (asked.notifier) {
    ports::DeliveryAdvice advice;
    const auto told = asked.notifier->Deliver(recorded.event_id, recorded.event_type,
                                              recorded.event_json, recorded.limit, &advice);
    return AnswerOf(told, advice);
  }
  const ports::AttemptRequest request{context, recorded.attempt_id, recorded.attempt_number,
                                      recorded.fencing_token, recorded.handle};
  KeepOutput sink;
  const std::atomic<bool> cancelled{false};
  ports::Executor& executor = *asked.executor;
  switch (recorded.function.value_or(Function::kStart)) {
    case Function::kProbe:
      return AnswerOf(executor.Probe(request, sink, recorded.limit), sink.output);
    case Function::kStop:
      return AnswerOf(executor.Stop(request, sink, recorded.limit), sink.output);
    case Function::kRollback:
      return AnswerOf(executor.Rollback(request, sink, recorded.limit, cancelled), sink.output);
    default:
      return AnswerOf(executor.Start(request, sink, recorded.limit, cancelled), sink.output);
  }
}

// The kind whose function the case names; an offer's name may be there once for each kind.
bool IsOfKind(PluginKind kind, std::optional<Function> function) {
  if (!function) return true;
  switch (*function) {
    case Function::kCheck:
      return kind == PluginKind::kApprover;
    case Function::kEvaluate:
      return kind == PluginKind::kPolicy;
    case Function::kDeliver:
      return kind == PluginKind::kNotifier;
    default:
      return kind == PluginKind::kExecutor;
  }
}

Result<std::shared_ptr<const host::LoadedOffer>> FindOffer(const host::Library& library,
                                                           const Case& recorded) {
  std::vector<std::string> names;
  for (const auto& offer : library.offers) {
    if (offer->offer.name == recorded.offer && IsOfKind(offer->offer.kind, recorded.function)) {
      return offer;
    }
    names.push_back(fmt::format("{} {}", ports::ToString(offer->offer.kind), offer->offer.name));
  }
  return Error{ErrorCode::kNotFound, fmt::format("expected it to offer '{}', found {}",
                                                 recorded.offer, fmt::join(names, ", "))};
}

Result<void> CheckConfig(const host::LoadedOffer& offer, const Case& recorded) {
  std::string problems;
  for (const auto& problem : offer.schema.Validate(recorded.config_json)) {
    problems += fmt::format("{}/config{}: {}", problems.empty() ? "" : "; ", problem.pointer,
                            problem.message);
  }
  if (problems.empty()) return {};
  return Error{ErrorCode::kInvalid, std::move(problems)};
}

}  // namespace

Result<json::object> Replay(const ReplayOptions& options, const Case& recorded) {
  const Time now =
      recorded.now.value_or(std::chrono::floor<Duration>(std::chrono::system_clock::now()));
  const auto environment = std::make_shared<const host::Environment>(
      host::Environment{[now] { return now; }, options.log, std::chrono::seconds{5}});
  host::ChildOptions child;
  child.program = options.program;
  child.sandbox.grants = options.grants;
  const auto anybody = host::FolderTrust::kAnybody;
  const host::Library library =
      options.has_walls
          ? host::LoadIsolated(options.library, "", anybody, std::move(child), *environment)
          : host::LoadLibrary(options.library, "", anybody);
  if (!library.info.problem.empty()) return Error{ErrorCode::kInvalid, library.info.problem};
  GW_TRY(offer, FindOffer(library, recorded));
  GW_CHECK(CheckConfig(*offer, recorded));
  if (offer->pool == nullptr) {
    auto instance = host::Instance::Create(environment, offer, recorded.config_json);
    if (!instance) return AnswerOf(instance.error());
    return AskOnce(AskableOf(offer->offer.kind, *std::move(instance)), recorded, now);
  }
  host::RemoteLimits limits;
  limits.now = environment->now;
  const auto instance = std::make_shared<host::RemoteInstance>(offer->pool, offer->offer,
                                                               recorded.config_json, limits);
  if (auto made = instance->TryMake(); !made) return AnswerOf(made.error());
  return AskOnce(AskableOf(offer->offer.kind, instance), recorded, now);
}

}  // namespace gatewright::check
