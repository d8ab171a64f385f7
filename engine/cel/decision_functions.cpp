// What a policy may answer. Known only to expressions that decide something.
#include <fmt/format.h>

#include "engine/base/time.h"
#include "engine/cel/functions.h"

namespace gatewright::cel {
namespace {

using Arg = const Arguments&;

template <Decision::Choice kChoice>
Result<Value> Decide(Arg a) {
  return Value::Of(Decision{kChoice, a.values.empty() ? "" : a[0].string(), {}});
}

// Like a workflow file's durations, so that "2d" is fine here, too.
std::optional<TimeSpan> ReadWait(const Value& value) {
  if (value.Is(Kind::kDuration)) return value.duration();
  const auto span = ParseDuration(value.string());
  if (!span) return std::nullopt;
  const std::int64_t micros = span->count();
  return TimeSpan{micros / 1'000'000, static_cast<std::int32_t>(micros % 1'000'000 * 1'000)};
}

Result<Value> Wait(Arg a) {
  const auto span = ReadWait(a[0]);
  if (!span || ToMillis(*span) < 1) {
    return Problem(
        fmt::format("expected how long to wait, as in '10m' or '2d' and at least 1 ms, "
                    "found {}",
                    ToText(a[0], 80)));
  }
  return Value::Of(Decision{Decision::Choice::kWait, a[1].string(), *span});
}

}  // namespace

void AddDecisionFunctions(FunctionTable& table) {
  const Type text(Kind::kString), decision(Kind::kDecision);
  const auto add = [&](std::string_view name, std::vector<Overload> overloads,
                       Result<Value> (*call)(Arg)) {
    table.push_back({name, Style::kGlobal, std::move(overloads), call});
    table.back().is_decision = true;
    table.back().is_tried_early = true;
  };
  const Overload with_reason{{text}, decision};
  add("approve", {with_reason}, Decide<Decision::Choice::kApprove>);
  add("reject", {with_reason}, Decide<Decision::Choice::kReject>);
  add("abstain", {with_reason}, Decide<Decision::Choice::kAbstain>);
  add("no_op", {Overload{{}, decision}}, Decide<Decision::Choice::kAbstain>);
  add("wait", {Overload{{text, text}, decision}, Overload{{Type(Kind::kDuration), text}, decision}},
      Wait);
}

}  // namespace gatewright::cel
