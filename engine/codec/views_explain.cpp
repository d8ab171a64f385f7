// Why a run waits, as callers see it.
#include "engine/codec/json_writer.h"
#include "engine/codec/views.h"
#include "engine/codec/views_gate_spec.h"
#include "engine/core/explain.h"

namespace gatewright::codec {
namespace {

constexpr std::size_t kUsualSize = 4096;  // bytes

void WritePeople(JsonWriter& json, std::string_view name, const std::vector<PrincipalId>& people) {
  json.Key(name).OpenArray();
  for (const PrincipalId& person : people) json.Text(person.value);
  json.CloseArray();
}

// Null: nobody knows.
void WritePeopleOrNull(JsonWriter& json, std::string_view name,
                       const std::optional<std::vector<PrincipalId>>& people) {
  if (people) {
    WritePeople(json, name, *people);
  } else {
    json.Key(name).Null();
  }
}

void WriteRules(JsonWriter& json, std::string_view name, const std::vector<RuleId>& rules) {
  json.Key(name).OpenArray();
  for (const RuleId& rule : rules) json.Text(rule.value);
  json.CloseArray();
}

void WriteWords(JsonWriter& json, std::string_view name,
                const std::vector<std::string_view>& words) {
  json.Key(name).OpenArray();
  for (const std::string_view word : words) json.Word(word);
  json.CloseArray();
}

void WriteUse(JsonWriter& json, const core::PluginUse& use) {
  json.OpenObject();
  WritePluginUse(json, use);
  json.CloseObject();
}

void WriteWaits(JsonWriter& json, std::string_view name, const std::vector<core::Wait>& waits) {
  json.Key(name).OpenArray();
  for (const core::Wait& wait : waits) {
    json.OpenObject();
    json.Key("kind").Word(ToString(wait.kind));
    json.Key("detail").Text(wait.detail);
    json.Key("since").MomentOrNull(wait.since);
    json.Key("until").MomentOrNull(wait.until);
    json.Key("then").TextOrNull(wait.then);
    WritePeople(json, "who", wait.who);
    json.Key("lock");
    if (wait.lock) {
      json.OpenObject();
      json.Key("key").Text(wait.lock->key);
      json.Key("run_id").Integer(wait.lock->by.value);
      json.Key("position").Integer(static_cast<std::int64_t>(wait.lock->position));
      json.Key("length").Integer(static_cast<std::int64_t>(wait.lock->length));
      json.CloseObject();
    } else {
      json.Null();
    }
    json.CloseObject();
  }
  json.CloseArray();
}

std::string_view Word(core::RuleKind kind) {
  switch (kind) {
    case core::RuleKind::kLeaf:
      return "leaf";
    case core::RuleKind::kAll:
      return "all";
    case core::RuleKind::kAny:
      return "any";
    case core::RuleKind::kNOf:
      return "nOf";
  }
  return "leaf";
}

void WriteLeafMembers(JsonWriter& json, const core::RuleNode& leaf) {
  json.Key("id").Text(leaf.id.value);
  json.Key("needs_all").Boolean(leaf.needs_all);
  json.Key("from");
  WriteUse(json, leaf.from);
  json.Key("also_from").OpenArray();
  for (const core::PluginUse& use : leaf.also_from) WriteUse(json, use);
  json.CloseArray();
  WritePeople(json, "policies", leaf.policies);
  WritePeople(json, "filled_by", leaf.filled_by);
  WritePeopleOrNull(json, "people", leaf.people);
  WritePeopleOrNull(json, "can_fill", leaf.can_fill);
}

void WriteNode(JsonWriter& json, const core::RuleNode& node) {
  json.OpenObject();
  json.Key("kind").Word(Word(node.kind));
  json.Key("state").Word(ToString(node.state));
  json.Key("need");
  if (node.is_need_known) {
    json.Integer(node.need);
  } else {
    json.Null();
  }
  json.Key("have").Integer(node.have);
  if (node.kind == core::RuleKind::kLeaf) {
    WriteLeafMembers(json, node);
  } else {
    json.Key("children").OpenArray();
    for (const core::RuleNode& child : node.children) WriteNode(json, child);
    json.CloseArray();
  }
  json.CloseObject();
}

void WriteReject(JsonWriter& json, const core::GateExplanation& gate) {
  json.Key("reject").OpenObject();
  json.Key("kind").Word(gate.reject.kind == core::RejectKind::kVeto        ? "veto"
                        : gate.reject.kind == core::RejectKind::kThreshold ? "threshold"
                                                                           : "block");
  json.Key("need");
  if (gate.reject.kind == core::RejectKind::kThreshold) {
    json.Integer(gate.reject.threshold);
  } else if (gate.reject.kind == core::RejectKind::kVeto) {
    json.Integer(1);
  } else {
    json.Null();
  }
  WritePeople(json, "by", gate.rejected_by);
  json.Key("blocking").Boolean(gate.is_blocked);
  json.CloseObject();
}

void WriteGateTimes(JsonWriter& json, const core::GateExplanation& gate) {
  json.Key("deadline").MomentOrNull(gate.deadline);
  json.Key("on_timeout");
  if (gate.deadline) {
    json.Word(OnTimeoutWord(gate.on_timeout));
  } else {
    json.Null();
  }
  json.Key("clock").TextOrNull(gate.clock);
  json.Key("next_reminder").MomentOrNull(gate.next_reminder);
  json.Key("next_escalation");
  if (!gate.next_escalation) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("level").Integer(gate.next_escalation->level);
  json.Key("at").Moment(gate.next_escalation->at);
  json.Key("add");
  WriteUse(json, gate.next_escalation->add);
  json.CloseObject();
}

void WriteGate(JsonWriter& json, const std::optional<core::GateExplanation>& gate) {
  json.Key("gate");
  if (!gate) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("stage").Text(gate->stage.value);
  json.Key("epoch").Integer(gate->epoch.value);
  json.Key("outcome").Word(ToString(gate->outcome));
  json.Key("overridden").Boolean(gate->is_overridden);
  json.Key("rules");
  WriteNode(json, gate->rules);
  WritePeople(json, "spare", gate->spare);
  json.Key("distinct").Boolean(gate->is_distinct);
  WriteReject(json, *gate);
  json.Key("human_required").Boolean(gate->needs_human);
  json.Key("human_approved").Boolean(gate->has_human);
  json.Key("digest_required").Boolean(gate->needs_digest);
  json.Key("form_required").Boolean(gate->needs_form);
  json.Key("claimed_by").TextOrNull(gate->claimed_by.value);
  WriteGateTimes(json, *gate);
  json.CloseObject();
}

void WriteCalendar(JsonWriter& json, const std::optional<core::CalendarExplanation>& calendar) {
  json.Key("calendar");
  if (!calendar) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("name").Text(calendar->name);
  json.Key("found").Boolean(calendar->is_found);
  json.Key("open").Boolean(calendar->opening.is_open);
  json.Key("reason").TextOrNull(calendar->opening.reason);
  json.Key("changes_at").MomentOrNull(calendar->opening.changes_at);
  json.Key("next_start").MomentOrNull(calendar->next_start);
  json.Key("overridden").Boolean(calendar->is_overridden);
  json.CloseObject();
}

void WriteReasons(JsonWriter& json, std::string_view name,
                  const std::vector<core::Reason>& reasons) {
  json.Key(name).OpenArray();
  for (const core::Reason& reason : reasons) {
    json.OpenObject();
    json.Key("code").Text(reason.text());
    json.Key("detail").Text(reason.detail);
    json.CloseObject();
  }
  json.CloseArray();
}

void WritePlaceMembers(JsonWriter& json, const core::VotingPlace& place) {
  json.Key("can_vote").Boolean(place.can_vote);
  WriteRules(json, "rules", place.rules);
  WriteReasons(json, "reasons", place.reasons);
  WriteReasons(json, "notes", place.notes);
}

void WriteOutlook(JsonWriter& json, const std::optional<core::Outlook>& outlook) {
  json.Key("if_i_approve");
  if (!outlook) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("on_behalf_of").TextOrNull(outlook->on_behalf_of.value);
  json.Key("gate_satisfied").Boolean(outlook->is_gate_satisfied);
  json.Key("status").Word(ToString(outlook->status));
  json.Key("state").Text(outlook->state);
  json.Key("stage").TextOrNull(outlook->stage.value);
  json.Key("summary").Text(outlook->summary);
  json.Key("steps").OpenArray();
  for (const core::Step& step : outlook->steps) {
    json.OpenObject();
    json.Key("kind").Word(ToString(step.kind));
    json.Key("stage").TextOrNull(step.stage.value);
    json.Key("detail").Text(step.detail);
    json.CloseObject();
  }
  json.CloseArray();
  json.CloseObject();
}

void WriteViewer(JsonWriter& json, const std::optional<core::ViewerExplanation>& viewer) {
  json.Key("viewer");
  if (!viewer) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("id").Text(viewer->id.value);
  json.Key("can_decide").Boolean(viewer->can_decide);
  WritePlaceMembers(json, viewer->own);
  json.Key("on_behalf_of").OpenArray();
  for (const core::VotingPlace& place : viewer->on_behalf_of) {
    json.OpenObject();
    json.Key("id").Text(place.on_behalf_of.value);
    WritePeople(json, "through", place.through);
    WritePlaceMembers(json, place);
    WriteWords(json, "allowed_actions", place.actions);
    json.CloseObject();
  }
  json.CloseArray();
  WriteWords(json, "allowed_actions", viewer->allowed_actions);
  WriteOutlook(json, viewer->if_i_approve);
  json.CloseObject();
}

}  // namespace

void AppendExplanation(std::string& out, const core::Explanation& explanation) {
  out.reserve(out.size() + kUsualSize);
  JsonWriter json(out);
  json.OpenObject();
  json.Key("status").Word(ToString(explanation.status));
  json.Key("state").Text(explanation.state);
  json.Key("stage").TextOrNull(explanation.stage.value);
  json.Key("summary").Text(explanation.summary);
  WriteWaits(json, "waits_for", explanation.waits_for);
  WriteWaits(json, "ahead", explanation.ahead);
  WriteGate(json, explanation.gate);
  WriteCalendar(json, explanation.calendar);
  json.Key("votes_hold_until").MomentOrNull(explanation.votes_hold_until);
  json.Key("locks_held_until").MomentOrNull(explanation.locks_held_until);
  WriteViewer(json, explanation.viewer);
  json.CloseObject();
}

}  // namespace gatewright::codec
