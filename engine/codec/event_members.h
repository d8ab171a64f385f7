// engine/codec/event_members.h: the members of every event, in the order in which they are written.
// `io` is a MemberWriter or a MemberReader, so what one writes the other reads. Private to the
// codec.
//
// What was once written is read for ever, byte for byte: a member that a released event did not
// have must be left out when it is empty, and stands after those it had.
#pragma once

#include <concepts>
#include <type_traits>

#include "engine/core/event.h"

namespace gatewright::codec {

// `const VoteCast` when written, `VoteCast` when read.
template <class T, class Value>
concept Of = std::same_as<std::remove_const_t<T>, Value>;

// Parts of events.

void Members(auto& io, Of<core::SkippedStage> auto& skip) {
  io.FullText("stage", skip.stage);
  io.FullText("reason", skip.reason);
}
void Members(auto& io, Of<core::SubjectFacts> auto& facts) {
  io.Texts("lock_keys", facts.lock_keys);
  io.Texts("committers", facts.committers);
}
void Members(auto& io, Of<core::RulePeople> auto& rule) {
  io.Text("rule", rule.rule);
  io.Texts("people", rule.people);
}
void Members(auto& io, Of<core::Hold> auto& hold) {
  io.Word("kind", hold.kind);
  io.Text("detail", hold.detail);
  io.At("until", hold.until);
}
void Members(auto& io, Of<core::StageMapping> auto& mapping) {
  io.Text("from", mapping.from);
  io.Text("to", mapping.to);
}
void BeginningMembers(auto& io, auto& event) {
  io.Text("workflow", event.workflow);
  io.Text("version", event.version);
  io.Text("name", event.name);
  io.Text("requester", event.requester);
  io.Flag("requester_is_everybody", event.is_requester_everybody);
  io.Json("subject", event.subject_json);
  io.Text("subject_digest", event.subject_digest);
}
void GateMembers(auto& io, auto& event) {
  io.Text("stage", event.stage);
  io.Integer("epoch", event.epoch);
}
void AttemptMembers(auto& io, auto& event) {
  io.Text("stage", event.stage);
  io.Integer("attempt", event.number);
}
void LockMembers(auto& io, auto& event) {
  io.Texts("keys", event.keys);
  io.Word("mode", event.mode);
  io.Integer("limit", event.limit);
  io.Integer("ticket", event.ticket);
}

// The run and its subject.

void Members(auto& io, Of<core::RunCreated> auto& event) {
  BeginningMembers(io, event);
  io.Text("state", event.initial_state);
  io.Objects("skips", event.skips);
  Members(io, event.facts);
  io.Texts("requester_groups", event.requester_groups);
  io.At("not_before", event.not_before);
  io.Integer("parent", event.parent);
  io.Integer("resubmit_of", event.resubmit_of);
}
void Members(auto& io, Of<core::RunDrafted> auto& event) {
  BeginningMembers(io, event);
  io.At("not_before", event.not_before);
  io.Integer("parent", event.parent);
  io.Integer("resubmit_of", event.resubmit_of);
  io.At("expires_at", event.expires_at);
}
void Members(auto& io, Of<core::DraftEdited> auto& event) {
  io.Json("subject", event.subject_json);
  io.Text("subject_digest", event.subject_digest);
  io.Text("reason", event.reason);
  io.At("expires_at", event.expires_at);
}
void Members(auto& io, Of<core::RunSubmitted> auto& event) {
  io.Text("version", event.version);
  io.Text("subject_digest", event.subject_digest);
  io.Text("state", event.initial_state);
  io.Objects("skips", event.skips);
  Members(io, event.facts);
  io.Texts("requester_groups", event.requester_groups);
}
void Members(auto& io, Of<core::SubjectChanged> auto& event) {
  io.Json("subject", event.subject_json);
  io.Text("subject_digest", event.subject_digest);
  io.Objects("skips", event.skips);
  Members(io, event.facts);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<core::StageSkipped> auto& event) {
  io.Text("stage", event.stage);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<core::StageDone> auto& event) {
  io.Text("stage", event.stage);
  io.Text("state", event.state);
}
void Members(auto& io, Of<core::IncidentRaised> auto& event) {
  io.Text("code", event.code);
  io.Text("message", event.message);
}
void Members(auto& io, Of<core::IncidentResolved> auto& event) { io.Text("reason", event.reason); }
void Members(auto& io, Of<core::CancelRequested> auto& event) { io.Text("reason", event.reason); }
void Members(auto& io, Of<core::RollbackStarted> auto& event) {
  io.Texts("stages", event.stages);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<core::RunRetried> auto& event) {
  io.Text("stage", event.stage);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<core::RunMigrated> auto& event) {
  io.Text("version", event.version);
  io.Objects("stages", event.stages);
  io.Objects("skips", event.skips);
  Members(io, event.facts);
  io.Text("resumes_at", event.resumes_at);
}
void Members(auto& io, Of<core::ReviewOpened> auto& event) {
  io.Word("outcome", event.outcome);
  io.Text("state", event.state);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<core::RunFinished> auto& event) {
  io.Word("outcome", event.outcome);
  io.Text("state", event.state);
  io.Text("reason", event.reason);
}

// Gates.

void Members(auto& io, Of<core::GateOpened> auto& event) {
  GateMembers(io, event);
  io.At("deadline", event.deadline);
  io.Flag("soft", event.is_soft);
  io.Times("reminders", event.reminders);
  io.Times("escalations", event.escalations);
  io.Text("reason", event.reason);
  io.Text("state", event.state);
}
void Members(auto& io, Of<core::VotesCarried> auto& event) {
  GateMembers(io, event);
  io.Texts("voters", event.voters);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<core::VotesOutdated> auto& event) {
  GateMembers(io, event);
  io.Texts("voters", event.voters);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<core::VoteCast> auto& event) {
  GateMembers(io, event);
  io.Text("voter", event.voter);
  io.WordUnless(core::PrincipalKind::kPerson, "kind", event.kind);
  io.Flag("voter_is_everybody", event.is_everybody);
  io.Word("choice", event.choice);
  io.Texts("rules", event.rules);
  io.Text("comment", event.comment);
  io.Flag("shadow", event.is_shadow);
  io.Json("evidence", event.evidence_json);
  io.Text("on_behalf_of", event.on_behalf_of);
  io.Json("form", event.form_json);
}
void Members(auto& io, Of<core::VoteHeld> auto& event) {
  io.Text("stage", event.stage);
  io.Text("voter", event.voter);
  io.WordUnless(core::PrincipalKind::kPerson, "kind", event.kind);
  io.Flag("voter_is_everybody", event.is_everybody);
  io.Word("choice", event.choice);
  io.Texts("rules", event.rules);
  io.Text("comment", event.comment);
  io.Text("subject_digest", event.subject_digest);
  io.Text("on_behalf_of", event.on_behalf_of);
  io.Json("form", event.form_json);
}
void Members(auto& io, Of<core::HeldVoteDropped> auto& event) {
  io.Text("stage", event.stage);
  io.Text("voter", event.voter);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<core::EligibleListed> auto& event) {
  GateMembers(io, event);
  io.Objects("rules", event.rules);
}
void Members(auto& io, Of<core::GateClaimed> auto& event) {
  GateMembers(io, event);
  io.Text("by", event.by);
}
void Members(auto& io, Of<core::GateReleased> auto& event) { GateMembers(io, event); }
void Members(auto& io, Of<core::ReminderDue> auto& event) {
  GateMembers(io, event);
  io.Integer("number", event.number);
}
void Members(auto& io, Of<core::GateEscalated> auto& event) {
  GateMembers(io, event);
  io.Integer("level", event.level);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<core::DeadlineExtended> auto& event) {
  GateMembers(io, event);
  io.At("deadline", event.deadline);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<core::GateSatisfied> auto& event) { GateMembers(io, event); }
void Members(auto& io, Of<core::GateRejected> auto& event) { GateMembers(io, event); }
void Members(auto& io, Of<core::GateExpired> auto& event) { GateMembers(io, event); }
void Members(auto& io, Of<core::OverrideAsked> auto& event) {
  io.Word("kind", event.kind);
  io.Text("stage", event.stage);
  io.Text("by", event.by);
  io.Text("reason", event.reason);
  io.At("expires_at", event.expires_at);
}
void Members(auto& io, Of<core::OverrideGranted> auto& event) {
  io.Word("kind", event.kind);
  io.Text("stage", event.stage);
  io.Text("by", event.by);
  io.Text("second", event.second);
  io.Text("reason", event.reason);
  io.At("expires_at", event.expires_at);
}

// Actions and what keeps them from starting.

void Members(auto& io, Of<core::ActionBlocked> auto& event) {
  io.Text("stage", event.stage);
  io.Objects("holds", event.holds);
}
void Members(auto& io, Of<core::LocksQueued> auto& event) { LockMembers(io, event); }
void Members(auto& io, Of<core::LocksTaken> auto& event) {
  LockMembers(io, event);
  io.At("until", event.until);
}
void Members(auto& io, Of<core::LocksReleased> auto& event) {
  io.Texts("keys", event.keys);
  io.Text("reason", event.reason);
}
void Members(auto& io, Of<core::AttemptPlanned> auto& event) {
  AttemptMembers(io, event);
  io.At("not_before", event.not_before);
}
void Members(auto& io, Of<core::AttemptStarted> auto& event) {
  AttemptMembers(io, event);
  io.Integer("fencing_token", event.fencing_token);
  io.At("deadline", event.deadline);
}
void Members(auto& io, Of<core::AttemptHandedOver> auto& event) {
  AttemptMembers(io, event);
  io.Text("handle", event.handle);
  io.Text("summary", event.summary);
}
void Members(auto& io, Of<core::AttemptEnded> auto& event) {
  AttemptMembers(io, event);
  io.Word("end", event.end);
  if (event.end == core::AttemptEnd::kFailed) io.Word("failure", event.failure);
  io.Text("summary", event.summary);
  io.Json("outputs", event.outputs_json);
}
void Members(auto& io, Of<core::LateAnswerRecorded> auto& event) {
  AttemptMembers(io, event);
  io.Text("summary", event.summary);
}

}  // namespace gatewright::codec
