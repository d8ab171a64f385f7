// Runs as callers see them: the line of a list and the whole story.
#include <algorithm>
#include <array>

#include "engine/codec/json_writer.h"
#include "engine/codec/views.h"
#include "engine/codec/views_stages.h"
#include "engine/core/transitions.h"

namespace gatewright::codec {
namespace {

constexpr std::size_t kSummarySize = 512;  // bytes; a usual one needs no second allocation

// `["approve","reject","cancel"]` per status, written once.
std::string_view AllowedActionsJson(core::RunStatus status) {
  using Table = std::array<std::string, core::kRunStatuses + 1>;
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

void WriteProgress(JsonWriter& json, const core::Attempt& attempt,
                   const std::vector<ProgressView>& progress) {
  json.Key("progress");
  const auto found = std::ranges::find(progress, attempt.number, &ProgressView::number);
  if (found == progress.end() || !core::IsOpen(attempt.state)) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("percent");
  if (found->percent < 0) {
    json.Null();
  } else {
    json.Integer(found->percent);
  }
  json.Key("text").Text(found->text);
  json.Key("at").Moment(found->at);
  json.CloseObject();
}

void WriteAttempt(JsonWriter& json, const core::Attempt& attempt,
                  const std::vector<ProgressView>& progress) {
  json.OpenObject();
  json.Key("number").Integer(attempt.number.value);
  json.Key("stage").Text(attempt.stage.value);
  json.Key("state").Word(ToString(attempt.state));
  json.Key("fencing_token").Integer(attempt.fencing_token);
  json.Key("is_handed_over").Boolean(attempt.is_handed_over);
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
  WriteProgress(json, attempt, progress);
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

void WriteHolds(JsonWriter& json, const std::vector<core::Hold>& holds) {
  json.Key("holds").OpenArray();
  for (const core::Hold& hold : holds) {
    json.OpenObject();
    json.Key("kind").Word(ToString(hold.kind));
    json.Key("detail").Text(hold.detail);
    json.Key("until").MomentOrNull(hold.until);
    json.CloseObject();
  }
  json.CloseArray();
}

// `keys`: what it stands in line for or holds; before that, what it will need.
void WriteLocks(JsonWriter& json, const core::Run& run) {
  const bool is_in_line = run.locks.state != core::LockState::kNone;
  json.Key("locks").OpenObject();
  json.Key("state").Word(ToString(run.locks.state));
  json.Key("keys").OpenArray();
  for (const std::string& key : is_in_line ? run.locks.keys : run.facts.lock_keys) json.Text(key);
  json.CloseArray();
  json.Key("ticket");
  if (run.locks.ticket > 0) {
    json.Integer(run.locks.ticket);
  } else {
    json.Null();
  }
  json.Key("until").MomentOrNull(run.locks.until);
  json.CloseObject();
}

void WriteOverrides(JsonWriter& json, const std::vector<core::Override>& overrides) {
  json.Key("overrides").OpenArray();
  for (const core::Override& override : overrides) {
    json.OpenObject();
    json.Key("kind").Word(ToString(override.kind));
    json.Key("stage").TextOrNull(override.stage.value);
    json.Key("by").Text(override.by.value);
    json.Key("second").TextOrNull(override.second.value);
    json.Key("reason").Text(override.reason);
    json.Key("expires_at").Moment(override.expires_at);
    json.Key("granted").Boolean(override.is_granted);
    json.CloseObject();
  }
  json.CloseArray();
}

// How the run will be finished once an override of it has been reviewed.
void WriteReview(JsonWriter& json, const std::optional<core::ReviewOpened>& review) {
  json.Key("review");
  if (!review) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("outcome").Word(ToString(review->outcome));
  json.Key("state").Text(review->state);
  json.Key("reason").TextOrNull(review->reason);
  json.CloseObject();
}

// What is being undone, and how the run had ended.
void WriteRollback(JsonWriter& json, const std::optional<core::Rollback>& rollback) {
  json.Key("rollback");
  if (!rollback) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("by").Text(rollback->by.value);
  json.Key("reason").TextOrNull(rollback->reason);
  json.Key("left").OpenArray();
  for (const StageName& stage : rollback->left) json.Text(stage.value);
  json.CloseArray();
  json.Key("was").OpenObject();
  json.Key("status").Word(ToString(rollback->status));
  json.Key("state").Text(rollback->state);
  json.CloseObject();
  json.CloseObject();
}

void WriteRunOrNull(JsonWriter& json, std::string_view name, const std::optional<RunId>& run) {
  json.Key(name);
  if (run) {
    json.Integer(run->value);
  } else {
    json.Null();
  }
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

void AppendRun(std::string& out, const core::Run& run, const core::Workflow* workflow,
               const std::vector<ProgressView>& progress) {
  out.reserve(out.size() + 4 * kSummarySize + run.subject_json.size());
  JsonWriter json(out);
  json.OpenObject();
  WriteSummaryMembers(json, SummaryOf(run), run.state, std::nullopt);
  json.Key("subject").Raw(run.subject_json.empty() ? "{}" : run.subject_json);
  json.Key("subject_digest").Text(run.subject_digest);
  WriteStages(json, run, workflow);
  json.Key("attempts").OpenArray();
  for (const core::Attempt& attempt : run.attempts) WriteAttempt(json, attempt, progress);
  json.CloseArray();
  WriteIncident(json, run.incident);
  WriteHolds(json, run.holds);
  WriteLocks(json, run);
  WriteOverrides(json, run.overrides);
  WriteReview(json, run.review);
  WriteRollback(json, run.rollback);
  WriteHeldVotes(json, run.held_votes);
  json.Key("not_before").MomentOrNull(run.not_before);
  WriteRunOrNull(json, "parent", run.parent);
  WriteRunOrNull(json, "resubmit_of", run.resubmit_of);
  json.Key("committers").OpenArray();
  for (const PrincipalId& committer : run.facts.committers) json.Text(committer.value);
  json.CloseArray();
  json.Key("cancel_requested").Boolean(run.is_cancel_requested);
  json.Key("finish_reason").TextOrNull(run.finish_reason);
  json.CloseObject();
}

void AppendAttempt(std::string& out, const core::Attempt& attempt,
                   const std::vector<ProgressView>& progress) {
  JsonWriter json(out);
  WriteAttempt(json, attempt, progress);
}

}  // namespace gatewright::codec
