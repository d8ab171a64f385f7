#include "tests/golden/golden_log.h"

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "engine/codec/events.h"
#include "engine/codec/json.h"

namespace gatewright::golden {
namespace {

Result<core::test::LogEntry> EntryFrom(std::string_view line) {
  GW_TRY(value, codec::ParseJson(line));
  const auto& entry = value.as_object();
  const auto at = ParseTime(std::string_view(entry.at("at").as_string()));
  if (!at) return Error{ErrorCode::kInvalid, "the entry's 'at' is no time"};
  GW_TRY(events, codec::EventsFromJson(codec::ToJson(entry.at("events"))));
  return core::test::LogEntry{
      core::Stamp{*at, PrincipalId{std::string_view(entry.at("actor").as_string())}},
      std::move(events)};
}

// Collects the lines of one run.
class Description {
 public:
  template <class T>
  void Say(std::string_view path, const T& value) {
    lines_.push_back(fmt::format("{}{} = {}", prefix_, path, value));
  }
  void Say(std::string_view path, const std::optional<Time>& time) {
    Say(path, time ? FormatTime(*time) : std::string("none"));
  }

  template <class T, class Function>
  void ForEach(std::string_view path, const std::vector<T>& items, Function&& describe) {
    Say(path, items.size());
    const std::string outer = prefix_;
    for (std::size_t i = 0; i < items.size(); ++i) {
      prefix_ = fmt::format("{}{}.{}.", outer, path, i);
      describe(items[i]);
    }
    prefix_ = outer;
  }

  std::vector<std::string> Take() { return std::move(lines_); }

 private:
  std::string prefix_;
  std::vector<std::string> lines_;
};

void DescribeVote(Description& out, const core::Vote& vote) {
  out.Say("voter", vote.voter.value);
  out.Say("kind", ToString(vote.kind));
  out.Say("is_everybody", vote.is_everybody);
  out.Say("choice", ToString(vote.choice));
  out.ForEach("rules", vote.rules, [&](const RuleId& rule) { out.Say("id", rule.value); });
  out.Say("comment", vote.comment);
  out.Say("is_shadow", vote.is_shadow);
  out.Say("evidence", vote.evidence_json);
  out.Say("at", FormatTime(vote.at));
}

void DescribeGate(Description& out, const core::Gate& gate) {
  out.Say("epoch", gate.epoch.value);
  out.Say("outcome", ToString(gate.outcome));
  out.ForEach("votes", gate.votes, [&](const core::Vote& vote) { DescribeVote(out, vote); });
  out.Say("opened_at", FormatTime(gate.opened_at));
  out.Say("deadline", gate.deadline);
  out.Say("decided_at", gate.decided_at);
  out.Say("decided_by", gate.decided_by.value);
}

void DescribeStage(Description& out, const core::Stage& stage) {
  out.Say("name", stage.name.value);
  out.Say("state", ToString(stage.state));
  out.Say("skip_reason", stage.skip_reason);
  out.Say("entered_at", stage.entered_at);
  out.Say("left_at", stage.left_at);
  out.Say("has_gate", stage.gate.has_value());
  if (stage.gate) DescribeGate(out, *stage.gate);
}

void DescribeAttempt(Description& out, const core::Attempt& attempt) {
  out.Say("stage", attempt.stage.value);
  out.Say("number", attempt.number.value);
  out.Say("state", ToString(attempt.state));
  out.Say("fencing_token", attempt.fencing_token);
  out.Say("not_before", FormatTime(attempt.not_before));
  out.Say("started_at", attempt.started_at);
  out.Say("deadline", attempt.deadline);
  out.Say("ended_at", attempt.ended_at);
  out.Say("is_transient", attempt.failure == core::FailureClass::kTransient);
  out.Say("summary", attempt.summary);
  out.Say("outputs", attempt.outputs_json);
}

}  // namespace

std::string ToText(const Log& log) {
  std::string text;
  for (const auto& [stamp, events] : log) {
    text += fmt::format(R"({{"at":"{}","actor":)", FormatTime(stamp.at));
    codec::AppendJsonString(text, stamp.actor.value);
    text += fmt::format(",\"events\":{}}}\n", codec::EventsToJson(events));
  }
  return text;
}

Result<Log> FromText(std::string_view text) {
  Log log;
  while (!text.empty()) {
    const auto end = text.find('\n');
    GW_TRY(entry, EntryFrom(text.substr(0, end)));
    log.push_back(std::move(entry));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return log;
}

std::vector<std::string> Describe(const core::Run& run) {
  Description out;
  out.Say("version", run.version.value);
  out.Say("workflow", run.workflow.value);
  out.Say("workflow_version", run.workflow_version.value);
  out.Say("name", run.name);
  out.Say("requester", run.requester.value);
  out.Say("is_requester_everybody", run.is_requester_everybody);
  out.Say("subject", run.subject_json);
  out.Say("subject_digest", run.subject_digest);
  out.Say("state", run.state);
  out.Say("status", ToString(run.status));
  out.Say("current_stage", run.current_stage.value);
  out.ForEach("stages", run.stages, [&](const core::Stage& stage) { DescribeStage(out, stage); });
  out.ForEach("skips", run.skips, [&](const core::SkippedStage& skip) {
    out.Say("stage", skip.stage.value);
    out.Say("reason", skip.reason);
  });
  out.ForEach("attempts", run.attempts,
              [&](const core::Attempt& attempt) { DescribeAttempt(out, attempt); });
  out.Say("incident", run.incident ? run.incident->code + ": " + run.incident->message : "none");
  out.Say("is_cancel_requested", run.is_cancel_requested);
  out.Say("draft_expires_at", run.draft_expires_at);
  out.Say("finish_reason", run.finish_reason);
  out.Say("created_at", FormatTime(run.created_at));
  out.Say("updated_at", FormatTime(run.updated_at));
  out.Say("finished_at", run.finished_at);
  return out.Take();
}

core::Run Replay(const Log& log) {
  core::Run run;
  run.id = RunId{1};
  for (const auto& [stamp, events] : log) ApplyEntry(run, events, stamp);
  return run;
}

}  // namespace gatewright::golden
