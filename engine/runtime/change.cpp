#include "engine/runtime/change.h"

#include <utility>

#include "engine/codec/entry_hash.h"
#include "engine/codec/events.h"
#include "engine/codec/json.h"

namespace gatewright::runtime {
namespace {

void PutAttempt(ports::Change& change, const core::Run& run, AttemptNumber number) {
  const core::Attempt& attempt = *run.FindAttempt(number);
  change.put_attempts.push_back(
      {run.id, number, attempt.stage.value, attempt.state, attempt.fencing_token});
}

void AddEvent(ports::Change& change, const core::Run& run, const core::Event& event) {
  if (const auto* planned = std::get_if<core::AttemptPlanned>(&event)) {
    PutAttempt(change, run, planned->number);
  } else if (const auto* started = std::get_if<core::AttemptStarted>(&event)) {
    PutAttempt(change, run, started->number);
  } else if (const auto* ended = std::get_if<core::AttemptEnded>(&event)) {
    PutAttempt(change, run, ended->number);
  }
}

// One row per policy, so that each is asked, retried and answered on its own.
void AddPolicies(ports::Change& change, const core::AskPolicies& ask, const core::Run& run,
                 const core::Workflow& workflow, Time at) {
  for (const core::AutoVoter& voter : workflow.FindStage(ask.stage)->gate->auto_voters) {
    ports::OutboxRow row;
    row.kind = ports::OutboxKind::kAskPolicies;
    row.run = run.id;
    row.due = at;
    row.body_json = "{\"stage\":";
    codec::AppendJsonString(row.body_json, ask.stage.value);
    row.body_json += ",\"epoch\":" + std::to_string(ask.epoch.value) + ",\"policy\":";
    codec::AppendJsonString(row.body_json, voter.id);
    row.body_json += '}';
    change.put_outbox.push_back(std::move(row));
  }
}

}  // namespace

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
      change.set_timers.push_back({run.id, set->kind, set->due});
    } else if (const auto* clear = std::get_if<core::ClearTimer>(&effect)) {
      change.clear_timers.emplace_back(run.id, clear->kind);
    } else if (const auto* ask = std::get_if<core::AskPolicies>(&effect)) {
      AddPolicies(change, *ask, run, workflow, at);
    }
  }
}

}  // namespace gatewright::runtime
