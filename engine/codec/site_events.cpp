#include "engine/codec/site_events.h"

#include <array>

#include "engine/codec/event_members.h"
#include "engine/codec/json.h"
#include "engine/codec/member_reader.h"
#include "engine/codec/member_writer.h"

namespace gatewright::codec {

using namespace core;  // NOLINT: this file is about nothing else

// The members of a stop or a delegation stand in the event itself.

void Members(auto& io, Of<Selector> auto& selector) {
  io.Text("workflow", selector.workflow);
  io.Text("stage", selector.stage);
  io.Pairs("labels", selector.labels);
  io.Text("lock_key", selector.lock_key);
}
void Members(auto& io, Of<StopSet> auto& event) {
  auto& stop = event.stop;
  io.Integer("id", stop.id);
  Members(io, stop.selector);
  io.Text("reason", stop.reason);
  io.Text("by", stop.by);
  io.At("since", stop.since);
  io.At("until", stop.until);
}
void Members(auto& io, Of<StopLifted> auto& event) {
  io.Integer("id", event.id);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<DelegationAdded> auto& event) {
  auto& delegation = event.delegation;
  io.Integer("id", delegation.id);
  io.Text("from", delegation.from);
  io.Text("to", delegation.to);
  Members(io, delegation.scope);
  io.At("valid_from", delegation.valid_from);
  io.At("valid_until", delegation.valid_until);
  io.Text("reason", delegation.reason);
  io.Texts("roles", delegation.roles);
  io.Texts("groups", delegation.groups);
  io.Text("by", delegation.by);
}
void Members(auto& io, Of<DelegationRevoked> auto& event) {
  io.Integer("id", event.id);
  io.Text("reason", event.reason);
}

void Members(auto& io, Of<CredentialIssued> auto& event) {
  auto& credential = event.credential;
  io.Text("id", credential.id);
  io.Word("kind", credential.kind);
  io.Text("owner", credential.owner);
  io.Text("name", credential.name);
  io.Texts("verbs", credential.verbs);
  io.Text("by", credential.by);
  io.At("issued_at", credential.issued_at);
  io.At("expires_at", credential.expires_at);
  io.Integer("generation", credential.generation);
}
void Members(auto& io, Of<SessionRefreshed> auto& event) {
  io.Text("id", event.id);
  io.Integer("generation", event.generation);
}
void Members(auto& io, Of<CredentialRevoked> auto& event) {
  io.Text("id", event.id);
  io.Text("reason", event.reason);
}

namespace {

// In the order of core::SiteEvent.
constexpr EventNames<SiteEvent> kNames = {{
    {"StopSet", "stop.set"},
    {"StopLifted", "stop.lifted"},
    {"DelegationAdded", "delegation.added"},
    {"DelegationRevoked", "delegation.revoked"},
    {"CredentialIssued", "credential.issued"},
    {"SessionRefreshed", "session.refreshed"},
    {"CredentialRevoked", "credential.revoked"},
}};
static_assert(!kNames.back().type.empty(), "an event has no name");

}  // namespace

std::string_view SiteEventType(const SiteEvent& event) { return kNames[event.index()].type; }

std::string_view SiteEventTopic(const SiteEvent& event) { return kNames[event.index()].topic; }

std::vector<std::string_view> SiteEventTopics() {
  std::vector<std::string_view> topics;
  for (const EventName& name : kNames) topics.push_back(name.topic);
  return topics;
}

std::string SiteEventsToJson(const std::vector<SiteEvent>& events) {
  return AllTypedToJson(events, kNames);
}

Result<std::vector<SiteEvent>> SiteEventsFromJson(std::string_view json) {
  GW_TRY(document, ParseJson(json));
  return ReadAllTyped<SiteEvent>(document, kNames);
}

}  // namespace gatewright::codec
