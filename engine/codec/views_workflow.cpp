// Workflows, plugins and what they offer, as callers see them.
#include "engine/codec/views_workflow.h"
#include "engine/codec/json_writer.h"
#include "engine/codec/views.h"
#include "engine/codec/views_gate_spec.h"

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

void WriteAction(JsonWriter& json, const core::ActionSpec& action) {
  json.OpenObject();
  WritePluginUse(json, action.use);
  json.Key("timeout").Text(FormatDuration(action.timeout));
  json.Key("attempts").Integer(action.retry.attempts);
  json.Key("safe_rerun").Boolean(action.is_safe_to_rerun);
  json.CloseObject();
}

// How an action is undone, or null: it cannot be.
void WriteRollback(JsonWriter& json, const core::Workflow& workflow, const StageName& stage) {
  json.Key("rollback");
  const auto found = std::ranges::find(workflow.rollbacks, stage, &core::StageSpec::undoes);
  if (found == workflow.rollbacks.end()) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("stage").Text(found->name.value);
  json.Key("gate");
  if (found->gate) {
    WriteGateSpec(json, *found->gate);
  } else {
    json.Null();
  }
  json.Key("action");
  WriteAction(json, *found->action);
  json.CloseObject();
}

void WriteStageSpec(JsonWriter& json, const core::Workflow& workflow,
                    const core::StageSpec& stage) {
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
  json.Key("wait").Text(FormatDuration(stage.wait));
  json.Key("action");
  if (stage.action) {
    WriteAction(json, *stage.action);
  } else {
    json.Null();
  }
  WriteRollback(json, workflow, stage.name);
  json.CloseObject();
}

std::string_view Word(core::LockAcquire acquire) {
  return acquire == core::LockAcquire::kBeforeGate ? "before_gate" : "after_gate";
}

void WriteLock(JsonWriter& json, const std::optional<core::LockSpec>& lock) {
  json.Key("lock");
  if (!lock) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("keys").OpenArray();
  for (const std::string& key : lock->keys) json.Text(key);
  json.CloseArray();
  json.Key("acquire").Word(Word(lock->acquire));
  json.Key("mode").Word(ToString(lock->mode));
  json.Key("limit").Integer(lock->limit);
  WriteDurationOrNull(json, "ttl", lock->ttl);
  json.CloseObject();
}

void WriteCalendar(JsonWriter& json, const std::optional<core::CalendarUse>& calendar) {
  json.Key("calendar");
  if (!calendar) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("name").Text(calendar->name);
  json.Key("min_runway").Text(FormatDuration(calendar->min_runway));
  json.CloseObject();
}

void WriteOverride(JsonWriter& json, const std::optional<core::OverrideSpec>& overriding) {
  json.Key("override");
  if (!overriding) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("from").OpenObject();
  WritePluginUse(json, overriding->from);
  json.CloseObject();
  json.Key("second_person").Boolean(overriding->needs_second);
  json.Key("expires").Text(FormatDuration(overriding->expires));
  json.Key("review");
  if (overriding->review) {
    WriteGateSpec(json, *overriding->review);
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
  WriteLooks(json, workflow);
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
  json.Key("can_stop").Boolean(offer.can_stop);
}

}  // namespace

void WriteLooks(JsonWriter& json, const core::Workflow& workflow) {
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
}

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
  for (const core::StageSpec& stage : workflow.stages) WriteStageSpec(json, workflow, stage);
  json.CloseArray();
  WriteLock(json, workflow.lock);
  WriteCalendar(json, workflow.calendar);
  WriteOverride(json, workflow.overriding);
  json.Key("committers").Text(workflow.committers_pointer);
  json.Key("draft_ttl").Text(FormatDuration(workflow.draft_ttl));
  json.Key("notify").OpenArray();
  for (const core::NotifyRule& rule : workflow.notify) {
    json.OpenObject();
    json.Key("plugin").Text(rule.use.plugin);
    json.Key("on").OpenArray();
    for (const std::string& topic : rule.on) json.Text(topic);
    json.CloseArray();
    json.Key("to").Word(ToString(rule.to));
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

namespace {

std::string_view WordOf(ports::PluginState state) {
  switch (state) {
    case ports::PluginState::kCurrent:
      return "current";
    case ports::PluginState::kReplaced:
      return "replaced";
    case ports::PluginState::kRemoved:
      return "removed";
    case ports::PluginState::kRefused:
      break;
  }
  return "refused";
}

}  // namespace

void AppendPlugin(std::string& out, const ports::PluginInfo& plugin) {
  JsonWriter json(out);
  json.OpenObject();
  json.Key("name").Text(plugin.name);
  json.Key("version").TextOrNull(plugin.version);
  json.Key("file").Text(plugin.path.substr(plugin.path.rfind('/') + 1));
  json.Key("sha256").TextOrNull(plugin.sha256);
  json.Key("abi").TextOrNull(plugin.abi);
  json.Key("health").Word(plugin.health == ports::PluginHealth::kOk ? "ok" : "broken");
  json.Key("state").Word(WordOf(plugin.state));
  json.Key("since").MomentOrNull(plugin.since);
  json.Key("isolation").Word(plugin.is_isolated ? "process" : "none");
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
