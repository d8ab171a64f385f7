// What holds for every run, as callers see it: emergency stops, delegations, locks.
#include "engine/codec/json_writer.h"
#include "engine/codec/views.h"

namespace gatewright::codec {
namespace {

// What is null does not restrict.
void WriteSelector(JsonWriter& json, const core::Selector& selector) {
  json.Key("workflow").TextOrNull(selector.workflow.value);
  json.Key("stage").TextOrNull(selector.stage.value);
  json.Key("labels").OpenObject();
  for (const auto& [name, value] : selector.labels) json.ForeignKey(name).Text(value);
  json.CloseObject();
  json.Key("lock_key").TextOrNull(selector.lock_key);
}

}  // namespace

void AppendStop(std::string& out, const core::Stop& stop) {
  JsonWriter json(out);
  json.OpenObject();
  json.Key("id").Integer(stop.id);
  WriteSelector(json, stop.selector);
  json.Key("reason").Text(stop.reason);
  json.Key("by").Text(stop.by.value);
  json.Key("since").Moment(stop.since);
  json.Key("until").MomentOrNull(stop.until);
  json.CloseObject();
}

void AppendDelegation(std::string& out, const core::Delegation& delegation) {
  JsonWriter json(out);
  json.OpenObject();
  json.Key("id").Integer(delegation.id);
  json.Key("from").Text(delegation.from.value);
  json.Key("to").Text(delegation.to.value);
  WriteSelector(json, delegation.scope);
  json.Key("valid_from").Moment(delegation.valid_from);
  json.Key("valid_until").Moment(delegation.valid_until);
  json.Key("reason").Text(delegation.reason);
  json.Key("by").Text(delegation.by.value);
  json.CloseObject();
}

void AppendLock(std::string& out, const std::string& key,
                const std::vector<core::LockClaim>& claims) {
  JsonWriter json(out);
  json.OpenObject();
  json.Key("key").Text(key);
  for (const bool is_held : {true, false}) {
    json.Key(is_held ? "holders" : "queue").OpenArray();
    for (const core::LockClaim& claim : claims) {
      if (claim.is_held != is_held) continue;
      json.OpenObject();
      json.Key("run_id").Integer(claim.run.value);
      json.Key("ticket").Integer(claim.ticket);
      json.Key("mode").Word(ToString(claim.mode));
      json.Key("limit").Integer(claim.limit);
      json.Key("since").Moment(claim.since);
      json.CloseObject();
    }
    json.CloseArray();
  }
  json.CloseObject();
}

}  // namespace gatewright::codec
