#include "engine/codec/views_gate_spec.h"

namespace gatewright::codec {
namespace {

void WriteSeparation(JsonWriter& json, const core::SeparationOfDuties& separation) {
  json.Key("separation_of_duties").OpenArray();
  if (separation.excludes_requester) json.Word("requester");
  if (separation.excludes_previous_voters) json.Word("previous_voters");
  if (separation.excludes_committers) json.Word("committers");
  if (separation.excludes_same_team) json.Word("same_team");
  json.CloseArray();
}

void WriteRule(JsonWriter& json, const core::Rule& rule) {
  json.OpenObject();
  if (rule.kind == core::RuleKind::kLeaf) {
    json.Key("id").Text(rule.id.value);
    json.Key("need");
    if (rule.needs_all) {
      json.Word("all");
    } else {
      json.Integer(rule.need);
    }
    json.Key("from").OpenObject();
    WritePluginUse(json, rule.from);
    json.CloseObject();
    if (rule.separation) WriteSeparation(json, *rule.separation);
  } else {
    if (rule.kind == core::RuleKind::kNOf) json.Key("nOf").Integer(rule.need);
    json.Key(rule.kind == core::RuleKind::kAll   ? "all"
             : rule.kind == core::RuleKind::kAny ? "any"
                                                 : "of");
    json.OpenArray();
    for (const core::Rule& child : rule.children) WriteRule(json, child);
    json.CloseArray();
  }
  json.CloseObject();
}

void WriteReject(JsonWriter& json, const core::RejectRule& reject) {
  json.Key("reject");
  switch (reject.kind) {
    case core::RejectKind::kVeto:
      json.Word("veto");
      return;
    case core::RejectKind::kBlock:
      json.Word("block");
      return;
    case core::RejectKind::kThreshold:
      json.OpenObject().Key("threshold").Integer(reject.threshold).CloseObject();
      return;
  }
}

void WriteEscalation(JsonWriter& json, const core::Escalation& level) {
  json.OpenObject();
  json.Key("after").Text(FormatDuration(level.after));
  json.Key("add").OpenObject();
  WritePluginUse(json, level.add);
  json.CloseObject();
  json.Key("rules").OpenArray();
  for (const RuleId& rule : level.rules) json.Text(rule.value);
  json.CloseArray();
  json.CloseObject();
}

void WriteDeadline(JsonWriter& json, const std::optional<core::Deadline>& deadline) {
  json.Key("deadline");
  if (!deadline) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("after").Text(FormatDuration(deadline->after));
  json.Key("clock").TextOrNull(deadline->clock);
  json.Key("on_timeout").Word(OnTimeoutWord(deadline->on_timeout));
  json.Key("remind").OpenArray();
  for (const Duration before : deadline->reminders) json.Text(FormatDuration(before));
  json.CloseArray();
  json.Key("escalate").OpenArray();
  for (const core::Escalation& level : deadline->levels) WriteEscalation(json, level);
  json.CloseArray();
  json.CloseObject();
}

void WriteVoteRules(JsonWriter& json, const core::VoteRules& votes) {
  json.Key("votes").OpenObject();
  WriteDurationOrNull(json, "ttl", votes.ttl);
  WriteDurationOrNull(json, "reuse", votes.reuse_within);
  json.Key("on_subject_change");
  switch (votes.on_subject_change) {
    case core::OnSubjectChange::kReset:
      json.Word("reset");
      break;
    case core::OnSubjectChange::kResetFrom:
      json.OpenObject().Key("reset_from").Text(votes.reset_from.value).CloseObject();
      break;
    case core::OnSubjectChange::kKeepIf:
      json.OpenObject().Key("keep_if").Text(votes.keep_if).CloseObject();
      break;
  }
  json.Key("early_votes").Word(votes.holds_early ? "hold" : "refuse");
  json.Key("digest_required").Boolean(votes.needs_digest);
  json.CloseObject();
}

}  // namespace

std::string_view OnTimeoutWord(core::OnTimeout on_timeout) {
  switch (on_timeout) {
    case core::OnTimeout::kExpire:
      return "expire";
    case core::OnTimeout::kReject:
      return "reject";
    case core::OnTimeout::kEscalate:
      return "escalate";
    case core::OnTimeout::kApprove:
      return "approve";
  }
  return "expire";
}

void WritePluginUse(JsonWriter& json, const core::PluginUse& use) {
  json.Key("plugin").Text(use.plugin);
  json.Key("with").Raw(use.with_json.empty() ? "{}" : use.with_json);
}

void WriteDurationOrNull(JsonWriter& json, std::string_view name,
                         const std::optional<Duration>& duration) {
  json.Key(name);
  if (duration) {
    json.Text(FormatDuration(*duration));
  } else {
    json.Null();
  }
}

void WriteGateSpec(JsonWriter& json, const core::GateSpec& gate) {
  json.OpenObject();
  json.Key("rules");
  WriteRule(json, gate.rules);
  WriteReject(json, gate.reject);
  WriteSeparation(json, gate.separation);
  json.Key("distinct").Boolean(gate.is_distinct);
  json.Key("human_required").Boolean(gate.needs_human);
  json.Key("auto").OpenArray();
  for (const core::AutoVoter& voter : gate.auto_voters) {
    json.OpenObject();
    json.Key("id").Text(voter.id);
    WritePluginUse(json, voter.use);
    json.Key("fills").OpenArray();
    for (const RuleId& rule : voter.fills) json.Text(rule.value);
    json.CloseArray();
    json.Key("shadow").Boolean(voter.is_shadow);
    json.CloseObject();
  }
  json.CloseArray();
  WriteDeadline(json, gate.deadline);
  WriteVoteRules(json, gate.votes);
  json.Key("form").RawOrNull(gate.form_schema_json);
  json.CloseObject();
}

}  // namespace gatewright::codec
