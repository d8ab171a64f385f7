#include "plugins/check/ask.h"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "plugins/check/probe_call.h"
#include "plugins/host/raw_context.h"

namespace gatewright::check {
namespace {

using host::Borrow;
using host::Function;

// Tells an executor to stop, when somebody cancelled or the deadline has passed, as the host does.
class Canceller {
 public:
  Canceller(void* instance, const host::LoadedOffer& offer, const ProbeCall& call,
            const std::string& attempt_id)
      : call_(call) {
    const auto* executor = std::get_if<gw_executor>(&offer.functions);
    if (executor == nullptr || executor->cancel == nullptr) return;
    thread_ = std::jthread([this, executor, instance, &attempt_id](std::stop_token stop) {
      std::unique_lock lock(mutex_);
      while (!stop.stop_requested()) {
        if (call_.host().is_cancelled() || call_.host().is_late()) {
          executor->cancel(instance, Borrow(attempt_id));
          return;
        }
        ended_.wait_for(lock, stop, std::chrono::milliseconds{10}, [] { return false; });
      }
    });
  }

 private:
  const ProbeCall& call_;
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;  // last: it uses everything above
};

gw_context ContextOf(const Question& question, const host::LoadedOffer& offer) {
  gw_context context = {};
  context.struct_size = sizeof context;
  context.run_id = question.run;
  context.epoch = question.epoch;
  context.workflow = Borrow(question.workflow);
  context.stage = Borrow(question.stage);
  const bool has_rule = offer.offer.kind == ports::PluginKind::kApprover;
  context.rule = has_rule ? Borrow(question.rule) : gw_string{};
  context.requester = Borrow(question.requester);
  context.subject_json = Borrow(question.subject_json);
  context.subject_digest = Borrow(question.subject_digest);
  context.now_unix_us = question.now_unix_us;
  context.callback_url = has_rule ? gw_string{} : Borrow(question.callback_url);
  context.facts_json = offer.offer.wants_facts ? Borrow(question.facts_json) : gw_string{};
  return context;
}

gw_status Enter(void* instance, const host::LoadedOffer& offer, Function function,
                const Question& question, Layout& layout, const gw_call* call) {
  const gw_context ours = ContextOf(question, offer);
  const gw_context* const context = layout.Lay(ours);
  if (function == Function::kEvaluate) {
    return std::get<gw_policy>(offer.functions).evaluate(instance, context, call);
  }
  if (function == Function::kCheck) {
    const host::RawNames roles(question.roles);
    const host::RawNames groups(question.groups);
    const gw_principal principal = {
        sizeof principal,
        question.is_everybody ? std::uint32_t{GW_PRINCIPAL_IS_EVERYBODY} : 0,
        question.principal_kind,
        0,
        Borrow(question.principal),
        roles.list(),
        groups.list()};
    const gw_question asked = {sizeof asked, 0, context, layout.Lay(principal)};
    return std::get<gw_approver>(offer.functions).check(instance, layout.Lay(asked), call);
  }
  if (function == Function::kDeliver) {
    const gw_event event = {sizeof event, 0, Borrow(question.event_id), Borrow(question.event_type),
                            Borrow(question.event_json)};
    return std::get<gw_notifier>(offer.functions).deliver(instance, layout.Lay(event), call);
  }
  gw_attempt attempt = {};
  attempt.struct_size = sizeof attempt;
  attempt.context = context;
  attempt.attempt_id = Borrow(question.attempt_id);
  attempt.number = question.number;
  attempt.fencing_token = question.fencing_token;
  attempt.handle = Borrow(question.handle);
  const auto& executor = std::get<gw_executor>(offer.functions);
  const auto asked = function == Function::kStart   ? executor.start
                     : function == Function::kProbe ? executor.probe
                     : function == Function::kStop  ? executor.stop
                                                    : executor.rollback;
  return asked(instance, layout.Lay(attempt), call);
}

std::string_view StatusName(gw_status status) {
  constexpr std::string_view kNames[] = {
      "OK", "INVALID_ARGUMENT", "UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "INTERNAL"};
  return status < GW_OK || status > GW_INTERNAL ? "no status" : kNames[status];
}

}  // namespace

std::vector<Function> FunctionsOf(const host::LoadedOffer& offer) {
  if (std::holds_alternative<gw_approver>(offer.functions)) return {Function::kCheck};
  if (std::holds_alternative<gw_policy>(offer.functions)) return {Function::kEvaluate};
  if (std::holds_alternative<gw_notifier>(offer.functions)) return {Function::kDeliver};
  std::vector<Function> functions{Function::kStart};
  if (offer.offer.can_probe) functions.push_back(Function::kProbe);
  if (offer.offer.can_stop) functions.push_back(Function::kStop);
  if (offer.offer.can_rollback) functions.push_back(Function::kRollback);
  return functions;
}

std::string_view NameOf(Function function) {
  switch (function) {
    case Function::kCheck:
      return "check";
    case Function::kEvaluate:
      return "evaluate";
    case Function::kStart:
      return "start";
    case Function::kProbe:
      return "probe";
    case Function::kStop:
      return "stop";
    case Function::kRollback:
      return "rollback";
    case Function::kDeliver:
      return "deliver";
  }
  return "";
}

std::string Asked::Words() const {
  if (is_answered()) return answer;
  if (has_thrown) return "an exception";
  std::string words = fmt::format("{} ({})", StatusName(status), status);
  if (!said.empty()) words += fmt::format(": {}", said);
  return words;
}

Asked Ask(void* instance, const host::LoadedOffer& offer, const host::Environment& environment,
          Function function, const Question& question, const AskOptions& options) {
  ProbeCall call(environment, offer, options.limit, options.cancelled);
  call.OnTouch(options.on_touch);
  Layout layout(options.lengths, options.minor);
  const gw_call* const raw = layout.Lay(call.raw());
  Asked asked;
  const auto began = std::chrono::steady_clock::now();
  try {
    std::optional<Canceller> canceller;
    if (function == Function::kStart) {
      canceller.emplace(instance, offer, call, question.attempt_id);
    }
    asked.status = Enter(instance, offer, function, question, layout, raw);
  } catch (...) {
    asked.has_thrown = true;
  }
  asked.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began);
  asked.answers = call.answers();
  asked.has_foreign_answer = call.has_foreign_answer();
  asked.said = call.failure();
  asked.handle = call.handle();
  if (asked.has_thrown) return asked;
  auto taken = call.Take(function, asked.status);
  if (taken) {
    asked.answer = *std::move(taken);
  } else {
    asked.judgement = taken.error().message;
  }
  return asked;
}

std::optional<Finding> FindThrow(Function function, const Asked& asked) {
  if (!asked.has_thrown) return std::nullopt;
  return Failed("no exception to leave the library",
                fmt::format("one that came out of {}()", NameOf(function)));
}

std::optional<Finding> FindMiscount(Function function, const Asked& asked) {
  if (auto thrown = FindThrow(function, asked)) return thrown;
  if (asked.status != GW_OK) return std::nullopt;
  const std::string where = fmt::format("from {}(), which returned GW_OK", NameOf(function));
  if (asked.answers != 1) {
    return Failed("exactly one answer", fmt::format("{} {}", asked.answers, where));
  }
  if (asked.has_foreign_answer) {
    return Failed("the answer of its own kind", fmt::format("another kind's {}", where));
  }
  return std::nullopt;
}

std::optional<Finding> FindBreach(Function function, const Asked& asked) {
  if (auto miscount = FindMiscount(function, asked)) return miscount;
  if (asked.status == GW_OK) {
    if (function == Function::kRollback && asked.answer == kRunningWord) {
      return Failed("an end of the rollback",
                    "GW_RUNNING, which only start, probe and stop may say");
    }
    if (asked.is_answered()) return std::nullopt;
    return Failed("an answer that the ABI knows",
                  fmt::format("from {}(): {}", NameOf(function), asked.judgement));
  }
  if (asked.status > GW_OK && asked.status < GW_INTERNAL) return std::nullopt;
  if (asked.status == GW_INTERNAL) {
    return Failed("an answer, or a reason why there can be none now",
                  fmt::format("{}() says that it is defective: {}", NameOf(function),
                              asked.said.empty() ? "without saying why" : asked.said));
  }
  return Failed("a status from GW_OK (0) to GW_INTERNAL (5)",
                fmt::format("{} from {}()", asked.status, NameOf(function)));
}

}  // namespace gatewright::check
