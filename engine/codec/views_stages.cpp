#include "engine/codec/views_stages.h"

#include <algorithm>

#include "engine/core/rollback.h"
#include "engine/core/tally.h"

namespace gatewright::codec {
namespace {

void WriteVoteMembers(JsonWriter& json, const core::Vote& vote) {
  json.Key("voter").Text(vote.voter.value);
  json.Key("kind").Word(ToString(vote.kind));
  json.Key("choice").Word(ToString(vote.choice));
  json.Key("rules").OpenArray();
  for (const RuleId& rule : vote.rules) json.Text(rule.value);
  json.CloseArray();
  json.Key("comment").Text(vote.comment);
  json.Key("shadow").Boolean(vote.is_shadow);
  json.Key("evidence").RawOrNull(vote.evidence_json);
  json.Key("on_behalf_of").TextOrNull(vote.on_behalf_of.value);
  json.Key("form").RawOrNull(vote.form_json);
  json.Key("carried_reason").TextOrNull(vote.carried_reason);
  json.Key("at").Moment(vote.at);
}

void WriteTimes(JsonWriter& json, std::string_view name, const std::vector<Time>& times) {
  json.Key(name).OpenArray();
  for (const Time time : times) json.Moment(time);
  json.CloseArray();
}

// Who may vote, rule by rule; null while nobody knows.
void WriteEligible(JsonWriter& json, const std::optional<std::vector<core::RulePeople>>& eligible) {
  json.Key("eligible");
  if (!eligible) {
    json.Null();
    return;
  }
  json.OpenArray();
  for (const core::RulePeople& rule : *eligible) {
    json.OpenObject();
    json.Key("rule").Text(rule.rule.value);
    json.Key("people").OpenArray();
    for (const PrincipalId& person : rule.people) json.Text(person.value);
    json.CloseArray();
    json.CloseObject();
  }
  json.CloseArray();
}

void WriteOutdated(JsonWriter& json, const std::vector<core::OutdatedVote>& outdated) {
  json.Key("outdated_votes").OpenArray();
  for (const core::OutdatedVote& vote : outdated) {
    json.OpenObject();
    json.Key("epoch").Integer(vote.epoch.value);
    json.Key("reason").Text(vote.reason);
    WriteVoteMembers(json, vote.vote);
    json.CloseObject();
  }
  json.CloseArray();
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
  json.Key("reason").TextOrNull(gate.reason);
  json.Key("overridden").Boolean(gate.is_overridden);
  json.Key("claimed_by").TextOrNull(gate.claimed_by.value);
  WriteTimes(json, "reminders", gate.reminders);
  json.Key("reminded").Integer(gate.reminded);
  WriteTimes(json, "escalations", gate.escalations);
  json.Key("escalated").Integer(gate.escalated);
  WriteEligible(json, gate.eligible);
  if (spec != nullptr && spec->gate) WriteTally(json, *spec->gate, gate);
  json.Key("votes").OpenArray();
  for (const core::Vote& vote : gate.votes) {
    json.OpenObject();
    WriteVoteMembers(json, vote);
    json.CloseObject();
  }
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
  WriteOutdated(json, stage.outdated);
  json.CloseObject();
}

}  // namespace

void WriteStages(JsonWriter& json, const core::Run& run, const core::Workflow* workflow) {
  json.Key("stages").OpenArray();
  for (const core::Stage& stage : run.stages) {
    // Of a rollback that was given up before it came there.
    if (stage.state == core::StageState::kAhead && core::IsRollback(stage.name)) continue;
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

void WriteHeldVotes(JsonWriter& json, const std::vector<core::HeldVote>& held) {
  json.Key("held_votes").OpenArray();
  for (const core::HeldVote& vote : held) {
    json.OpenObject();
    json.Key("stage").Text(vote.stage.value);
    json.Key("subject_digest").Text(vote.subject_digest);
    WriteVoteMembers(json, vote.vote);
    json.CloseObject();
  }
  json.CloseArray();
}

}  // namespace gatewright::codec
