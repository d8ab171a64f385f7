#include "engine/definition/action_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gatewright::definition {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr Duration kMinTimeout = milliseconds{100};
constexpr Duration kMaxTimeout = days{7};
constexpr Duration kMinHeartbeat = std::chrono::seconds{1};
constexpr Duration kMaxBackoff = hours{24};
constexpr std::uint32_t kMaxAttempts = 100;
constexpr double kMaxFactor = 100;

std::vector<core::FailureClass> ReadClasses(const Node& list, const Scope& scope) {
  constexpr std::array<std::string_view, 2> kWords = {"transient", "permanent"};
  std::vector<core::FailureClass> classes;
  for (const Node& item : list.items()) {
    const auto word = scope.AsChoice(item, "on", kWords);
    if (!word) continue;
    const auto failure =
        *word == 0 ? core::FailureClass::kTransient : core::FailureClass::kPermanent;
    if (std::find(classes.begin(), classes.end(), failure) != classes.end()) {
      scope.Report(item.mark(), codes::kBadValue,
                   fmt::format("'on': '{}' is in the list already", item.text()));
    } else {
      classes.push_back(failure);
    }
  }
  return classes;
}

core::RetryRule ReadRetry(const Node& node, const Scope& scope) {
  const Fields fields(scope, node,
                      {{"attempts"}, {"backoff", "factor", "max", "jitter", "on"}, {}});
  core::RetryRule retry;
  retry.attempts = fields.Count("attempts", 1, kMaxAttempts).value_or(retry.attempts);
  const auto backoff = fields.Time("backoff", Duration{0}, kMaxBackoff);
  const auto max = fields.Time("max", Duration{0}, kMaxBackoff);
  retry.backoff = backoff.value_or(retry.backoff);
  // A default shorter than what the file asks for would cut it silently.
  retry.max = max.value_or(std::max(retry.max, retry.backoff));
  if (max && backoff && *max < *backoff) {
    scope.Report(fields.Find("max")->mark(), codes::kOutOfRange,
                 fmt::format("'max': {} is shorter than 'backoff' ({})", FormatDuration(*max),
                             FormatDuration(*backoff)));
  }
  retry.factor = fields.Number("factor", 1, kMaxFactor).value_or(retry.factor);
  retry.has_jitter = fields.Bool("jitter").value_or(retry.has_jitter);
  if (const Node* list = fields.List("on", 1, 2)) retry.on = ReadClasses(*list, scope);
  return retry;
}

}  // namespace

void ReadAttempts(const Fields& fields, const Scope& scope, core::ActionSpec& action) {
  action.timeout = fields.Time("timeout", kMinTimeout, kMaxTimeout).value_or(action.timeout);
  action.heartbeat = fields.Time("heartbeat", kMinHeartbeat, kMaxTimeout);
  if (const Node* retry = fields.Map("retry")) action.retry = ReadRetry(*retry, scope.In("retry"));
  action.is_safe_to_rerun = fields.Bool("safeRerun").value_or(false);
}

core::ActionSpec ReadAction(const Node& node, const LoadContext& context, const Scope& scope) {
  const Fields fields(
      scope, node,
      {{"plugin"}, {"with", "timeout", "heartbeat", "retry", "safeRerun", "rollback"}, {}});
  core::ActionSpec action;
  action.use = ReadPluginUse(fields, ports::PluginKind::kExecutor, context, scope);
  ReadAttempts(fields, scope, action);
  return action;
}

}  // namespace gatewright::definition
