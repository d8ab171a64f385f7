// Workflows, plugins and what they offer, as callers see them.
#include "engine/codec/json_writer.h"
#include "engine/codec/views.h"

namespace gatewright::codec {
namespace {

std::string_view Word(ports::PluginKind kind) {
  switch (kind) {
    case ports::PluginKind::kApprover:
      return "approver";
    case ports::PluginKind::kPolicy:
      return "policy";
    case ports::PluginKind::kExecutor:
      return "executor";
    case ports::PluginKind::kNotifier:
      return "notifier";
  }
  return "unknown";
}

void WritePlugin(JsonWriter& json, const core::PluginUse& use) {
  json.Key("plugin").Text(use.plugin);
  json.Key("with").Raw(use.with_json.empty() ? "{}" : use.with_json);
}

void WriteRule(JsonWriter& json, const core::Rule& rule) {
  json.OpenObject();
  if (rule.kind == core::RuleKind::kLeaf) {
    json.Key("id").Text(rule.id.value);
    json.Key("need").Integer(rule.need);
    json.Key("from").OpenObject();
    WritePlugin(json, rule.from);
    json.CloseObject();
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

void WriteGateSpec(JsonWriter& json, const core::GateSpec& gate) {
  json.OpenObject();
  json.Key("rules");
  WriteRule(json, gate.rules);
  WriteReject(json, gate.reject);
  json.Key("separation_of_duties").OpenArray();
  if (gate.separation.excludes_requester) json.Word("requester");
  if (gate.separation.excludes_previous_voters) json.Word("previous_voters");
  json.CloseArray();
  json.Key("distinct").Boolean(gate.is_distinct);
  json.Key("human_required").Boolean(gate.needs_human);
  json.Key("auto").OpenArray();
  for (const core::AutoVoter& voter : gate.auto_voters) {
    json.OpenObject();
    json.Key("id").Text(voter.id);
    WritePlugin(json, voter.use);
    json.Key("fills").OpenArray();
    for (const RuleId& rule : voter.fills) json.Text(rule.value);
    json.CloseArray();
    json.Key("shadow").Boolean(voter.is_shadow);
    json.CloseObject();
  }
  json.CloseArray();
  json.Key("deadline");
  if (gate.deadline) {
    json.OpenObject();
    json.Key("after").Text(FormatDuration(gate.deadline->after));
    json.Key("on_timeout")
        .Word(gate.deadline->on_timeout == core::OnTimeout::kReject ? "reject" : "expire");
    json.CloseObject();
  } else {
    json.Null();
  }
  json.CloseObject();
}

void WriteAction(JsonWriter& json, const core::ActionSpec& action) {
  json.OpenObject();
  WritePlugin(json, action.use);
  json.Key("timeout").Text(FormatDuration(action.timeout));
  json.Key("attempts").Integer(action.retry.attempts);
  json.Key("safe_rerun").Boolean(action.is_safe_to_rerun);
  json.CloseObject();
}

void WriteStageSpec(JsonWriter& json, const core::StageSpec& stage) {
  json.OpenObject();
  json.Key("name").Text(stage.name.value);
  json.Key("done_state").Text(stage.done_state);
  json.Key("when").RawOrNull(stage.when_schema_json);
  json.Key("gate");
  if (stage.gate) {
    WriteGateSpec(json, *stage.gate);
  } else {
    json.Null();
  }
  json.Key("action");
  if (stage.action) {
    WriteAction(json, *stage.action);
  } else {
    json.Null();
  }
  json.CloseObject();
}

void WriteRevisionMembers(JsonWriter& json, const ports::WorkflowRow& row) {
  json.Key("name").Text(row.name);
  json.Key("revision").Integer(row.revision);
  json.Key("version").Text(row.version);
  json.Key("published_by").Text(row.published_by);
  json.Key("published_at").Moment(row.published_at);
}

void WriteSummaryMembers(JsonWriter& json, const core::Workflow& workflow,
                         const ports::WorkflowRow& row, const std::vector<std::string>& problems) {
  WriteRevisionMembers(json, row);
  json.Key("title").Text(workflow.title);
  json.Key("labels").OpenObject();
  for (const auto& [name, value] : workflow.labels) {
    json.ForeignKey(name).Text(value);
  }
  json.CloseObject();
  json.Key("initial_state").Text(workflow.initial_state);
  json.Key("states").OpenArray();
  for (const core::StateLook& look : workflow.states) {
    json.OpenObject();
    json.Key("state").Text(look.state);
    json.Key("color").TextOrNull(look.color);
    json.Key("icon").TextOrNull(look.icon);
    json.Key("label").TextOrNull(look.label);
    json.CloseObject();
  }
  json.CloseArray();
  json.Key("problems").OpenArray();
  for (const std::string& problem : problems) json.Text(problem);
  json.CloseArray();
}

void WriteOfferMembers(JsonWriter& json, const ports::Offer& offer) {
  json.Key("kind").Word(Word(offer.kind));
  json.Key("name").Text(offer.name);
  json.Key("summary").Text(offer.summary);
  json.Key("pure").Boolean(offer.is_pure);
  json.Key("can_probe").Boolean(offer.can_probe);
}

}  // namespace

void AppendWorkflowSummary(std::string& out, const core::Workflow& workflow,
                           const ports::WorkflowRow& row,
                           const std::vector<std::string>& problems) {
  JsonWriter json(out);
  json.OpenObject();
  WriteSummaryMembers(json, workflow, row, problems);
  json.Key("stages").OpenArray();
  for (const core::StageSpec& stage : workflow.stages) {
    json.OpenObject();
    json.Key("name").Text(stage.name.value);
    json.Key("done_state").Text(stage.done_state);
    json.Key("has_gate").Boolean(stage.gate.has_value());
    json.Key("has_action").Boolean(stage.action.has_value());
    json.CloseObject();
  }
  json.CloseArray();
  json.CloseObject();
}

void AppendWorkflow(std::string& out, const core::Workflow& workflow, const ports::WorkflowRow& row,
                    const std::vector<std::string>& problems) {
  out.reserve(out.size() + 2048 + 2 * row.source.size());
  JsonWriter json(out);
  json.OpenObject();
  WriteSummaryMembers(json, workflow, row, problems);
  json.Key("subject_schema").RawOrNull(workflow.subject_schema_json);
  json.Key("stages").OpenArray();
  for (const core::StageSpec& stage : workflow.stages) WriteStageSpec(json, stage);
  json.CloseArray();
  json.Key("notify").OpenArray();
  for (const core::NotifyRule& rule : workflow.notify) {
    json.OpenObject();
    json.Key("plugin").Text(rule.use.plugin);
    json.Key("on").OpenArray();
    for (const std::string& topic : rule.on) json.Text(topic);
    json.CloseArray();
    json.CloseObject();
  }
  json.CloseArray();
  json.Key("source").Text(row.source);
  json.CloseObject();
}

void AppendRevision(std::string& out, const ports::WorkflowRow& row) {
  JsonWriter json(out);
  json.OpenObject();
  WriteRevisionMembers(json, row);
  json.Key("source").Text(row.source);
  json.CloseObject();
}

void AppendPlugin(std::string& out, const ports::PluginInfo& plugin) {
  JsonWriter json(out);
  json.OpenObject();
  json.Key("name").Text(plugin.name);
  json.Key("version").TextOrNull(plugin.version);
  json.Key("file").Text(plugin.path.substr(plugin.path.rfind('/') + 1));
  json.Key("sha256").TextOrNull(plugin.sha256);
  json.Key("abi").TextOrNull(plugin.abi);
  json.Key("health").Word(plugin.health == ports::PluginHealth::kOk ? "ok" : "broken");
  json.Key("problem").TextOrNull(plugin.problem);
  json.Key("offers").OpenArray();
  for (const ports::Offer& offer : plugin.offers) {
    json.OpenObject();
    WriteOfferMembers(json, offer);
    json.CloseObject();
  }
  json.CloseArray();
  json.CloseObject();
}

void AppendStageType(std::string& out, const ports::Offer& offer) {
  JsonWriter json(out);
  json.OpenObject();
  WriteOfferMembers(json, offer);
  json.Key("plugin").Text(offer.library);
  json.Key("config_schema").RawOrNull(offer.config_schema);
  json.CloseObject();
}

}  // namespace gatewright::codec
