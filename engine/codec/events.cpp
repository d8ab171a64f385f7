#include "engine/codec/events.h"

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>

#include "engine/codec/event_reader.h"
#include "engine/codec/json.h"
#include "engine/core/apply.h"

namespace gatewright::codec {
namespace {

using namespace core;  // NOLINT: this file is about nothing else

// Writes the members of one event after its type. Members with their default value are left out.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void Text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    Key(name);
    AppendJsonString(out_, value);
  }
  void Word(std::string_view name, std::string_view value) { Text(name, value); }
  void Integer(std::string_view name, std::int64_t value) {
    Key(name);
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    out_.append(text, static_cast<std::size_t>(end - text));
  }
  void Flag(std::string_view name, bool value) {
    if (!value) return;
    Key(name);
    out_ += "true";
  }
  void At(std::string_view name, Time value) {
    Key(name);
    out_ += '"';
    AppendTime(out_, value);
    out_ += '"';
  }
  void At(std::string_view name, const std::optional<Time>& value) {
    if (value) At(name, *value);
  }
  // `json` is canonical JSON already.
  void Json(std::string_view name, std::string_view json) {
    if (json.empty()) return;
    Key(name);
    out_ += json;
  }
  void Gate(const StageName& stage, Epoch epoch) {
    Text("stage", stage.value);
    Integer("epoch", epoch.value);
  }
  void Attempt(const StageName& stage, AttemptNumber number) {
    Text("stage", stage.value);
    Integer("attempt", number.value);
  }
  void Rules(const std::vector<RuleId>& rules) {
    if (rules.empty()) return;
    Key("rules");
    char separator = '[';
    for (const RuleId& rule : rules) {
      out_ += separator;
      AppendJsonString(out_, rule.value);
      separator = ',';
    }
    out_ += ']';
  }
  void Skips(const std::vector<SkippedStage>& skips) {
    if (skips.empty()) return;
    Key("skips");
    char separator = '[';
    for (const SkippedStage& skip : skips) {
      out_ += separator;
      out_ += "{\"stage\":";
      AppendJsonString(out_, skip.stage.value);
      out_ += ",\"reason\":";
      AppendJsonString(out_, skip.reason);
      out_ += '}';
      separator = ',';
    }
    out_ += ']';
  }

  void operator()(const RunCreated& e) {
    Text("workflow", e.workflow.value);
    Text("version", e.version.value);
    Text("name", e.name);
    Text("requester", e.requester.value);
    Flag("requester_is_everybody", e.is_requester_everybody);
    Json("subject", e.subject_json);
    Text("subject_digest", e.subject_digest);
    Text("state", e.initial_state);
    Skips(e.skips);
  }
  void operator()(const StageSkipped& e) {
    Text("stage", e.stage.value);
    Text("reason", e.reason);
  }
  void operator()(const GateOpened& e) {
    Gate(e.stage, e.epoch);
    At("deadline", e.deadline);
  }
  void operator()(const VoteCast& e) {
    Gate(e.stage, e.epoch);
    Text("voter", e.voter.value);
    if (e.kind != PrincipalKind::kPerson) Word("kind", ToString(e.kind));
    Flag("voter_is_everybody", e.is_everybody);
    Word("choice", ToString(e.choice));
    Rules(e.rules);
    Text("comment", e.comment);
    Flag("shadow", e.is_shadow);
    Json("evidence", e.evidence_json);
  }
  void operator()(const GateSatisfied& e) { Gate(e.stage, e.epoch); }
  void operator()(const GateRejected& e) { Gate(e.stage, e.epoch); }
  void operator()(const GateExpired& e) { Gate(e.stage, e.epoch); }
  void operator()(const AttemptPlanned& e) {
    Attempt(e.stage, e.number);
    At("not_before", e.not_before);
  }
  void operator()(const AttemptStarted& e) {
    Attempt(e.stage, e.number);
    Integer("fencing_token", e.fencing_token);
    At("deadline", e.deadline);
  }
  void operator()(const AttemptEnded& e) {
    Attempt(e.stage, e.number);
    Word("end", ToString(e.end));
    if (e.end == AttemptEnd::kFailed) {
      Word("failure", e.failure == FailureClass::kTransient ? "transient" : "permanent");
    }
    Text("summary", e.summary);
    Json("outputs", e.outputs_json);
  }
  void operator()(const LateAnswerRecorded& e) {
    Attempt(e.stage, e.number);
    Text("summary", e.summary);
  }
  void operator()(const StageDone& e) {
    Text("stage", e.stage.value);
    Text("state", e.state);
  }
  void operator()(const IncidentRaised& e) {
    Text("code", e.code);
    Text("message", e.message);
  }
  void operator()(const IncidentResolved& e) { Text("reason", e.reason); }
  void operator()(const CancelRequested& e) { Text("reason", e.reason); }
  void operator()(const RunFinished& e) {
    Word("outcome", ToString(e.outcome));
    Text("state", e.state);
    Text("reason", e.reason);
  }

 private:
  void Key(std::string_view name) {
    out_ += ",\"";
    out_ += name;
    out_ += "\":";
  }

  std::string& out_;
};

// In the order of core::Event.
constexpr std::array<std::string_view, std::variant_size_v<Event>> kTypes = {
    "RunCreated",     "StageSkipped",     "GateOpened",         "VoteCast",
    "GateSatisfied",  "GateRejected",     "GateExpired",        "AttemptPlanned",
    "AttemptStarted", "AttemptEnded",     "LateAnswerRecorded", "StageDone",
    "IncidentRaised", "IncidentResolved", "CancelRequested",    "RunFinished"};

std::string_view TopicOfEnd(AttemptEnd end) {
  switch (end) {
    case AttemptEnd::kSucceeded:
      return "attempt.succeeded";
    case AttemptEnd::kFailed:
      return "attempt.failed";
    case AttemptEnd::kTimedOut:
      return "attempt.timed_out";
    case AttemptEnd::kCancelled:
      return "attempt.cancelled";
    case AttemptEnd::kUnknown:
      return "attempt.unknown";
  }
  return "";
}

constexpr std::array<std::string_view, std::variant_size_v<Event>> kTopics = {
    "run.created",          "stage.skipped",
    "gate.opened",          "vote.cast",
    "gate.satisfied",       "gate.rejected",
    "gate.expired",         "attempt.planned",
    "attempt.started",      "",
    "attempt.late_answer",  "stage.done",
    "incident.raised",      "incident.resolved",
    "run.cancel_requested", "run.finished"};

}  // namespace

std::string_view EventType(const Event& event) { return kTypes[event.index()]; }

std::string_view EventTopic(const Event& event) {
  if (const auto* ended = std::get_if<AttemptEnded>(&event)) return TopicOfEnd(ended->end);
  return kTopics[event.index()];
}

void AppendEvent(std::string& out, const Event& event) {
  out += "{\"type\":\"";
  out += EventType(event);
  out += '"';
  std::visit(Writer(out), event);
  out += '}';
}

std::string EventsToJson(const std::vector<Event>& events) {
  std::string out;
  out.reserve(96 * events.size() + 2);
  char separator = '[';
  for (const Event& event : events) {
    out += separator;
    AppendEvent(out, event);
    separator = ',';
  }
  if (events.empty()) out += '[';
  out += ']';
  return out;
}

Result<std::vector<Event>> EventsFromJson(std::string_view json) {
  GW_TRY(document, ParseJson(json));
  const auto* array = document.if_array();
  if (array == nullptr) return Error{ErrorCode::kCorrupt, "expected an array of events"};
  std::vector<Event> events;
  events.reserve(array->size());
  for (const auto& value : *array) {
    GW_TRY(event, ReadEvent(value));
    events.push_back(std::move(event));
  }
  return events;
}

Result<Run> Replay(RunId id, const std::vector<ports::Entry>& entries) {
  Run run;
  run.id = id;
  for (const ports::Entry& entry : entries) {
    if (entry.sequence.value != run.version.value + 1) {
      return Error{ErrorCode::kCorrupt,
                   fmt::format("run {}: expected entry {}, found entry {} at position {}", id.value,
                               run.version.value + 1, entry.sequence.value, entry.position.value)};
    }
    auto events = EventsFromJson(entry.events_json);
    if (!events) {
      return Error{ErrorCode::kCorrupt,
                   fmt::format("run {}: entry {} at position {} cannot be read: {}", id.value,
                               entry.sequence.value, entry.position.value, events.error().message)};
    }
    ApplyEntry(run, *events, Stamp{entry.at, PrincipalId{entry.actor}});
  }
  return run;
}

ports::RunRow RowOf(const Run& run) {
  ports::RunRow row;
  row.id = run.id;
  row.version = run.version;
  row.name = run.name;
  row.workflow = run.workflow.value;
  row.workflow_version = run.workflow_version.value;
  row.requester = run.requester.value;
  row.state = run.state;
  row.status = run.status;
  row.stage = run.current_stage.value;
  row.created_at = run.created_at;
  row.updated_at = run.updated_at;
  return row;
}

}  // namespace gatewright::codec
