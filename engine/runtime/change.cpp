#include "engine/runtime/change.h"

#include <algorithm>
#include <utility>

#include "engine/codec/entry_hash.h"
#include "engine/codec/events.h"
#include "engine/codec/json.h"
#include "engine/codec/site_events.h"

namespace gatewright::runtime {
namespace {

void PutAttempt(ports::Change& change, const core::Run& run, AttemptNumber number) {
  const core::Attempt& attempt = *run.FindAttempt(number);
  change.put_attempts.push_back(
      {run.id, number, attempt.stage.value, attempt.state, attempt.fencing_token});
}

void DropLock(ports::Change& change, RunId run, const std::string& key) {
  std::erase_if(change.put_locks,
                [&](const ports::LockRow& row) { return row.key == key && row.claim.run == run; });
  change.drop_locks.emplace_back(key, run);
}

// `event` is LocksQueued or LocksTaken. Drops are written before puts.
template <class Locks>
void PutLocks(ports::Change& change, const core::Run& run, const Locks& event, bool is_held) {
  for (const std::string& key : event.keys) {
    std::erase_if(change.put_locks, [&](const ports::LockRow& row) {
      return row.key == key && row.claim.run == run.id;
    });
    change.put_locks.push_back(
        {key, {run.id, event.ticket, is_held, event.mode, event.limit, run.updated_at}});
  }
  change.newest_ticket = std::max(change.newest_ticket, event.ticket);
}

void AddEvent(ports::Change& change, const core::Run& run, const core::Event& event) {
  if (const auto* planned = std::get_if<core::AttemptPlanned>(&event)) {
    PutAttempt(change, run, planned->number);
  } else if (const auto* started = std::get_if<core::AttemptStarted>(&event)) {
    PutAttempt(change, run, started->number);
  } else if (const auto* ended = std::get_if<core::AttemptEnded>(&event)) {
    PutAttempt(change, run, ended->number);
  } else if (const auto* queued = std::get_if<core::LocksQueued>(&event)) {
    PutLocks(change, run, *queued, false);
  } else if (const auto* taken = std::get_if<core::LocksTaken>(&event)) {
    PutLocks(change, run, *taken, true);
  } else if (const auto* released = std::get_if<core::LocksReleased>(&event)) {
    for (const std::string& key : released->keys) DropLock(change, run.id, key);
  }
}

std::string BodyOf(const StageName& stage, Epoch epoch, std::string_view policy) {
  std::string body = "{\"stage\":";
  codec::AppendJsonString(body, stage.value);
  body += ",\"epoch\":" + std::to_string(epoch.value);
  if (!policy.empty()) {
    body += ",\"policy\":";
    codec::AppendJsonString(body, policy);
  }
  return body + '}';
}

void PutOutbox(ports::Change& change, ports::OutboxKind kind, RunId run, Time due,
               std::string body) {
  ports::OutboxRow row;
  row.kind = kind;
  row.run = run;
  row.due = due;
  row.body_json = std::move(body);
  change.put_outbox.push_back(std::move(row));
}

// One row per policy, so that each is asked, retried and answered on its own.
void AddPolicies(ports::Change& change, const core::AskPolicies& ask, const core::Run& run,
                 const core::Workflow& workflow, Time at) {
  for (const core::AutoVoter& voter : workflow.FindStage(ask.stage)->gate->auto_voters) {
    PutOutbox(change, ports::OutboxKind::kAskPolicies, run.id, at,
              BodyOf(ask.stage, ask.epoch, voter.id));
  }
}

}  // namespace

namespace {

// Of several effects on one timer the last one counts.
void ForgetTimer(ports::Change& change, RunId run, core::TimerKind kind) {
  std::erase_if(change.set_timers,
                [&](const ports::TimerRow& row) { return row.run == run && row.kind == kind; });
}

}  // namespace

bool IsAboutLocks(const core::Event& event) {
  return std::holds_alternative<core::LocksQueued>(event) ||
         std::holds_alternative<core::LocksTaken>(event) ||
         std::holds_alternative<core::LocksReleased>(event);
}

std::vector<ports::CredentialRow> CredentialRowsOf(const core::SiteCommand& command,
                                                   const std::vector<core::SiteEvent>& events) {
  std::vector<ports::CredentialRow> rows;
  if (const auto* issue = std::get_if<core::IssueCredential>(&command)) {
    if (!issue->digest.empty()) rows.push_back({issue->credential.id, issue->digest});
  }
  for (const core::SiteEvent& event : events) {
    if (const auto* revoked = std::get_if<core::CredentialRevoked>(&event)) {
      rows.push_back({revoked->id, ""});
    }
  }
  return rows;
}

ports::Entry MakeSiteEntry(const core::SiteAccepted& accepted, const std::string& previous_hash,
                           std::string actor, Time at) {
  ports::Entry entry;
  entry.run = core::kSite;
  entry.sequence = accepted.site.version;
  entry.at = at;
  entry.actor = std::move(actor);
  entry.events_json = codec::SiteEventsToJson(accepted.events);
  entry.hash = codec::EntryHash(previous_hash, entry.run, entry.sequence, entry.at, entry.actor,
                                entry.events_json);
  return entry;
}

void AddDecision(ports::Change& change, const core::Accepted& accepted,
                 const core::Workflow& workflow, const std::string& previous_hash,
                 std::string actor, Time at) {
  const core::Run& run = accepted.run;
  ports::Entry entry;
  entry.run = run.id;
  entry.sequence = run.version;
  entry.at = at;
  entry.actor = std::move(actor);
  entry.events_json = codec::EventsToJson(accepted.events);
  entry.hash = codec::EntryHash(previous_hash, entry.run, entry.sequence, entry.at, entry.actor,
                                entry.events_json);
  change.row = codec::RowOf(run);
  change.row.head_hash = entry.hash;
  change.entry = std::move(entry);
  for (const core::Event& event : accepted.events) AddEvent(change, run, event);
  for (const core::Effect& effect : accepted.effects) {
    if (const auto* set = std::get_if<core::SetTimer>(&effect)) {
      ForgetTimer(change, run.id, set->kind);
      change.set_timers.push_back({run.id, set->kind, set->due});
    } else if (const auto* clear = std::get_if<core::ClearTimer>(&effect)) {
      ForgetTimer(change, run.id, clear->kind);
      change.clear_timers.emplace_back(run.id, clear->kind);
    } else if (const auto* ask = std::get_if<core::AskPolicies>(&effect)) {
      AddPolicies(change, *ask, run, workflow, at);
    } else if (const auto* list = std::get_if<core::ListEligible>(&effect)) {
      PutOutbox(change, ports::OutboxKind::kListEligible, run.id, at,
                BodyOf(list->stage, list->epoch, ""));
    }
  }
}

}  // namespace gatewright::runtime
