// Runs as callers see them: the line of a list and the whole story.
#include <algorithm>
#include <array>

#include "engine/codec/json_writer.h"
#include "engine/codec/views.h"
#include "engine/core/tally.h"
#include "engine/core/transitions.h"

namespace gatewright::codec {
namespace {

constexpr std::size_t kSummarySize = 512;  // bytes; a usual one needs no second allocation

// `["approve","reject","cancel"]` per status, written once.
std::string_view AllowedActionsJson(core::RunStatus status) {
  using Table = std::array<std::string, static_cast<std::size_t>(core::RunStatus::kFailed) + 1>;
  static const Table table = [] {
    Table made;
    for (std::size_t i = 1; i < made.size(); ++i) {
      JsonWriter json(made[i]);
      json.OpenArray();
      for (const auto action : core::AllowedActions(static_cast<core::RunStatus>(i))) {
        json.Word(action);
      }
      json.CloseArray();
    }
    return made;
  }();
  return table[static_cast<std::size_t>(status)];
}

void WriteSummaryMembers(JsonWriter& json, const RunSummary& run, std::string_view state,
                         std::optional<bool> changed) {
  json.Key("id").Integer(run.id.value);
  json.Key("name").Text(run.name);
  json.Key("workflow").Text(run.workflow);
  json.Key("workflow_version").Text(run.workflow_version);
  json.Key("state").Text(state);
  json.Key("status").Word(ToString(run.status));
  json.Key("stage").TextOrNull(run.stage);
  json.Key("requester").Text(run.requester);
  json.Key("version").Integer(run.version.value);
  json.Key("created_at").Moment(run.created_at);
  json.Key("updated_at").Moment(run.updated_at);
  json.Key("allowed_actions").Raw(AllowedActionsJson(run.status));
  if (changed) json.Key("changed").Boolean(*changed);
}

void WriteVote(JsonWriter& json, const core::Vote& vote) {
  json.OpenObject();
  json.Key("voter").Text(vote.voter.value);
  json.Key("kind").Word(ToString(vote.kind));
  json.Key("choice").Word(ToString(vote.choice));
  json.Key("rules").OpenArray();
  for (const RuleId& rule : vote.rules) json.Text(rule.value);
  json.CloseArray();
  json.Key("comment").Text(vote.comment);
  json.Key("shadow").Boolean(vote.is_shadow);
  json.Key("evidence").RawOrNull(vote.evidence_json);
  json.Key("at").Moment(vote.at);
  json.CloseObject();
}

void WriteTally(JsonWriter& json, const core::GateSpec& spec, const core::Gate& gate) {
  const core::TallyResult tally = core::TallyInDetail(spec, gate.votes);
  json.Key("rejects").Integer(tally.rejects);
  json.Key("rules").OpenArray();
  for (const core::RuleTally& rule : tally.rules) {
    json.OpenObject();
    json.Key("id").Text(rule.rule.value);
    json.Key("need").Integer(rule.need);
    json.Key("have").Integer(rule.have);
    json.CloseObject();
  }
  json.CloseArray();
}

void WriteGate(JsonWriter& json, const core::Gate& gate, const core::StageSpec* spec) {
  json.OpenObject();
  json.Key("epoch").Integer(gate.epoch.value);
  json.Key("outcome").Word(ToString(gate.outcome));
  json.Key("opened_at").Moment(gate.opened_at);
  json.Key("deadline").MomentOrNull(gate.deadline);
  json.Key("decided_at").MomentOrNull(gate.decided_at);
  json.Key("decided_by").TextOrNull(gate.decided_by.value);
  if (spec != nullptr && spec->gate) WriteTally(json, *spec->gate, gate);
  json.Key("votes").OpenArray();
  for (const core::Vote& vote : gate.votes) WriteVote(json, vote);
  json.CloseArray();
  json.CloseObject();
}

void WriteStage(JsonWriter& json, const core::Stage& stage, const core::StageSpec* spec) {
  json.OpenObject();
  json.Key("name").Text(stage.name.value);
  json.Key("state").Word(ToString(stage.state));
  if (spec != nullptr) {
    json.Key("done_state").Text(spec->done_state);
    json.Key("has_gate").Boolean(spec->gate.has_value());
    json.Key("has_action").Boolean(spec->action.has_value());
  }
  json.Key("skip_reason").TextOrNull(stage.skip_reason);
  json.Key("entered_at").MomentOrNull(stage.entered_at);
  json.Key("left_at").MomentOrNull(stage.left_at);
  json.Key("gate");
  if (stage.gate) {
    WriteGate(json, *stage.gate, spec);
  } else {
    json.Null();
  }
  json.CloseObject();
}

// The stages reached so far, then those ahead as the workflow knows them.
void WriteStages(JsonWriter& json, const core::Run& run, const core::Workflow* workflow) {
  json.Key("stages").OpenArray();
  for (const core::Stage& stage : run.stages) {
    WriteStage(json, stage, workflow == nullptr ? nullptr : workflow->FindStage(stage.name));
  }
  if (workflow != nullptr) {
    for (const core::StageSpec& spec : workflow->stages) {
      if (run.FindStage(spec.name) != nullptr) continue;
      core::Stage ahead;
      ahead.name = spec.name;
      const auto skip = std::ranges::find(run.skips, spec.name, &core::SkippedStage::stage);
      if (skip != run.skips.end()) ahead.skip_reason = skip->reason;
      WriteStage(json, ahead, &spec);
    }
  }
  json.CloseArray();
}

void WriteAttempt(JsonWriter& json, const core::Attempt& attempt) {
  json.OpenObject();
  json.Key("number").Integer(attempt.number.value);
  json.Key("stage").Text(attempt.stage.value);
  json.Key("state").Word(ToString(attempt.state));
  json.Key("fencing_token").Integer(attempt.fencing_token);
  json.Key("not_before").Moment(attempt.not_before);
  json.Key("started_at").MomentOrNull(attempt.started_at);
  json.Key("deadline").MomentOrNull(attempt.deadline);
  json.Key("ended_at").MomentOrNull(attempt.ended_at);
  json.Key("failure");
  if (attempt.state == core::AttemptState::kFailed) {
    json.Word(attempt.failure == core::FailureClass::kTransient ? "transient" : "permanent");
  } else {
    json.Null();
  }
  json.Key("summary").Text(attempt.summary);
  json.Key("outputs").RawOrNull(attempt.outputs_json);
  json.CloseObject();
}

void WriteIncident(JsonWriter& json, const std::optional<core::Incident>& incident) {
  json.Key("incident");
  if (!incident) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("code").Text(incident->code);
  json.Key("message").Text(incident->message);
  json.Key("at").Moment(incident->at);
  json.CloseObject();
}

}  // namespace

RunSummary SummaryOf(const ports::RunRow& row) {
  return {row.id,    row.name,      row.workflow, row.workflow_version, row.state,     row.status,
          row.stage, row.requester, row.version,  row.created_at,       row.updated_at};
}

RunSummary SummaryOf(const core::Run& run) {
  return {run.id,      run.name,       run.workflow.value,      run.workflow_version.value,
          run.state,   run.status,     run.current_stage.value, run.requester.value,
          run.version, run.created_at, run.updated_at};
}

void AppendRunSummary(std::string& out, const RunSummary& run, std::optional<bool> changed) {
  out.reserve(out.size() + kSummarySize);
  JsonWriter json(out);
  json.OpenObject();
  WriteSummaryMembers(json, run, run.state, changed);
  json.CloseObject();
}

void AppendDeployment(std::string& out, const RunSummary& run, std::optional<bool> changed) {
  out.reserve(out.size() + kSummarySize);
  const bool is_executing = run.status == core::RunStatus::kExecuting;
  JsonWriter json(out);
  json.OpenObject();
  WriteSummaryMembers(json, run, is_executing ? kExecutingState : run.state, changed);
  json.CloseObject();
}

void AppendRun(std::string& out, const core::Run& run, const core::Workflow* workflow) {
  out.reserve(out.size() + 4 * kSummarySize + run.subject_json.size());
  JsonWriter json(out);
  json.OpenObject();
  WriteSummaryMembers(json, SummaryOf(run), run.state, std::nullopt);
  json.Key("subject").Raw(run.subject_json.empty() ? "{}" : run.subject_json);
  json.Key("subject_digest").Text(run.subject_digest);
  WriteStages(json, run, workflow);
  json.Key("attempts").OpenArray();
  for (const core::Attempt& attempt : run.attempts) WriteAttempt(json, attempt);
  json.CloseArray();
  WriteIncident(json, run.incident);
  json.Key("cancel_requested").Boolean(run.is_cancel_requested);
  json.Key("finish_reason").TextOrNull(run.finish_reason);
  json.CloseObject();
}

void AppendAttempt(std::string& out, const core::Attempt& attempt) {
  JsonWriter json(out);
  WriteAttempt(json, attempt);
}

}  // namespace gatewright::codec
