// Numbers: lead times, waits, shares and the four figures of DORA. docs/numbers.md defines them.
#include <fmt/format.h>

#include "engine/codec/json_writer.h"
#include "server/api/lists.h"
#include "server/api/numbers_book.h"
#include "server/api/parameters.h"
#include "server/api/parts.h"
#include "server/api/problems.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

using std::chrono::days;

constexpr days kUsualWindow{30};
constexpr days kLongestWindow{400};
constexpr days kMostDailyBuckets{92};

// A day (its beginning in UTC) or a moment.
Checked<std::optional<Time>> QueryMoment(const http::Request& request, std::string_view name) {
  GW_TRY(text, QueryText(request, name));
  if (text.empty()) return std::optional<Time>();
  const auto time = ParseTime(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (!time) return BadParameter(name, "a day (2026-03-01) or a time (2026-03-01T09:00:00Z)", text);
  return time;
}

Checked<numbers::Question> ReadQuestion(const http::Request& request, Time now) {
  GW_TRY(workflow, QueryText(request, "workflow"));
  GW_TRY(since, QueryMoment(request, "since"));
  GW_TRY(until, QueryMoment(request, "until"));
  numbers::Question question;
  question.workflow = std::move(workflow);
  question.until = until.value_or(now + Duration{1});
  question.since = since.value_or(std::chrono::floor<days>(question.until - kUsualWindow));
  if (question.since >= question.until) {
    return BadParameter("since", "a time before 'until'", FormatTime(question.since));
  }
  if (question.until - question.since > kLongestWindow) {
    return BadParameter("since",
                        fmt::format("at most {} days before 'until'", kLongestWindow.count()),
                        FormatTime(question.since));
  }
  if (question.until - question.since > kMostDailyBuckets) question.bucket = days{7};
  return question;
}

std::string Seconds(Duration duration) {
  return fmt::format("{:.3f}", std::chrono::duration<double>(duration).count());
}

void WriteSpread(codec::JsonWriter& json, const numbers::Spread& spread) {
  const auto value = [&](Duration duration) {
    return spread.count == 0 ? std::string("null") : Seconds(duration);
  };
  json.OpenObject();
  json.Key("count").Integer(spread.count);
  json.Key("median_seconds").Raw(value(spread.median));
  json.Key("p90_seconds").Raw(value(spread.p90));
  json.Key("mean_seconds").Raw(value(spread.mean));
  json.CloseObject();
}

std::string Share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "null";
  return fmt::format("{:.4f}", static_cast<double>(part) / static_cast<double>(whole));
}

void WriteRuns(codec::JsonWriter& json, const numbers::Numbers& numbers) {
  json.Key("runs").OpenObject();
  json.Key("submitted").Integer(numbers.submitted);
  json.Key("ended").Integer(numbers.ended);
  json.Key("by_outcome").OpenObject();
  for (std::size_t i = 0; i < core::kRunOutcomes; ++i) {
    json.Key(core::ToString(static_cast<core::RunOutcome>(i + 1))).Integer(numbers.outcomes[i]);
  }
  json.CloseObject();
  json.Key("lead_time");
  WriteSpread(json, numbers.lead_time);
  json.CloseObject();
}

void WriteGates(codec::JsonWriter& json, const numbers::GateNumbers& gates) {
  json.Key("gates").OpenObject();
  json.Key("approved").Integer(gates.approved);
  json.Key("approved_by_policy").Integer(gates.approved_by_policy);
  json.Key("overridden").Integer(gates.overridden);
  json.Key("rejected").Integer(gates.rejected);
  json.Key("expired").Integer(gates.expired);
  json.Key("rejection_share").Raw(Share(gates.rejected, gates.approved + gates.rejected));
  json.Key("auto_approval_share").Raw(Share(gates.approved_by_policy, gates.approved));
  json.CloseObject();
}

void WriteStages(codec::JsonWriter& json, const std::vector<numbers::StageNumbers>& stages) {
  json.Key("stages").OpenArray();
  for (const numbers::StageNumbers& stage : stages) {
    json.OpenObject();
    json.Key("workflow").Text(stage.workflow);
    json.Key("stage").Text(stage.stage);
    json.Key("people");
    WriteSpread(json, stage.people);
    json.Key("held");
    WriteSpread(json, stage.held);
    json.Key("machine");
    WriteSpread(json, stage.machine);
    json.CloseObject();
  }
  json.CloseArray();
}

void WriteDora(codec::JsonWriter& json, const numbers::DoraNumbers& dora, Duration window) {
  const double day_count = std::chrono::duration<double, days::period>(window).count();
  json.Key("dora").OpenObject();
  json.Key("deployments").Integer(dora.deployments);
  json.Key("deployments_per_day")
      .Raw(fmt::format("{:.4f}", static_cast<double>(dora.deployments) / day_count));
  json.Key("lead_time");
  WriteSpread(json, dora.lead_time);
  json.Key("ended").Integer(dora.ended);
  json.Key("failed").Integer(dora.failed);
  json.Key("change_failure_rate").Raw(Share(dora.failed, dora.ended));
  json.Key("time_to_restore");
  WriteSpread(json, dora.time_to_restore);
  json.Key("not_restored").Integer(dora.not_restored);
  json.CloseObject();
}

void WriteSeries(codec::JsonWriter& json, const std::vector<numbers::Bucket>& series) {
  json.Key("series").OpenArray();
  for (const numbers::Bucket& bucket : series) {
    json.OpenObject();
    json.Key("from").Moment(bucket.from);
    json.Key("submitted").Integer(bucket.submitted);
    json.Key("ended").Integer(bucket.ended);
    json.Key("succeeded").Integer(bucket.succeeded);
    json.Key("rejected").Integer(bucket.rejected);
    json.Key("deployments").Integer(bucket.deployments);
    json.Key("failed_deployments").Integer(bucket.failed_deployments);
    json.Key("lead_time_median_seconds")
        .Raw(bucket.lead_time ? Seconds(*bucket.lead_time) : std::string("null"));
    json.CloseObject();
  }
  json.CloseArray();
}

std::string NumbersJson(const numbers::Question& question, const NumbersBook::Found& found) {
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject();
  json.Key("workflow").TextOrNull(question.workflow);
  json.Key("since").Moment(question.since);
  json.Key("until").Moment(question.until);
  json.Key("bucket").Word(question.bucket == days{7} ? "week" : "day");
  json.Key("read").OpenObject();
  json.Key("position").Integer(found.read.value);
  json.Key("head").Integer(found.head.value);
  json.Key("complete").Boolean(found.is_complete);
  json.Key("known_since").MomentOrNull(found.numbers.known_since);
  json.CloseObject();
  WriteRuns(json, found.numbers);
  WriteGates(json, found.numbers.gates);
  WriteStages(json, found.numbers.stages);
  WriteDora(json, found.numbers.dora, question.until - question.since);
  WriteSeries(json, found.numbers.series);
  json.CloseObject();
  return body;
}

Outcome GetNumbers(Call& call) {
  GW_TRY(question, ReadQuestion(call.request, call.engine().Now()));
  const bool is_asked = call.api.parts().numbers->Ask(
      question, [question, responder = call.responder](const Result<NumbersBook::Found>& found) {
        responder.Send(found ? Json(200, NumbersJson(question, *found)) : Failed(found.error()));
      });
  if (is_asked) return std::nullopt;
  return Failed({ErrorCode::kUnavailable, "too many are asking for numbers; try again"});
}

}  // namespace

void MountNumbers(Routes& routes) {
  routes.Get("/api/v1/numbers", Access::To(access::Verb::kView, WorkflowOfQuery),
             {.query = {"workflow", "since", "until"}}, GetNumbers);
}

}  // namespace gatewright::api
