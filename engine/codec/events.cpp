#include "engine/codec/events.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/codec/event_members.h"
#include "engine/codec/json.h"
#include "engine/codec/member_reader.h"
#include "engine/codec/member_writer.h"
#include "engine/core/apply.h"

namespace gatewright::codec {
namespace {

using namespace core;  // NOLINT: this file is about nothing else

// In the order of core::Event. What an attempt's end is called depends on how it ended.
constexpr EventNames<Event> kNames = {{
    {"RunCreated", "run.created"},
    {"StageSkipped", "stage.skipped"},
    {"GateOpened", "gate.opened"},
    {"VoteCast", "vote.cast"},
    {"GateSatisfied", "gate.satisfied"},
    {"GateRejected", "gate.rejected"},
    {"GateExpired", "gate.expired"},
    {"AttemptPlanned", "attempt.planned"},
    {"AttemptStarted", "attempt.started"},
    {"AttemptEnded", ""},
    {"LateAnswerRecorded", "attempt.late_answer"},
    {"StageDone", "stage.done"},
    {"IncidentRaised", "incident.raised"},
    {"IncidentResolved", "incident.resolved"},
    {"CancelRequested", "run.cancel_requested"},
    {"RunFinished", "run.finished"},
    {"SubjectChanged", "subject.changed"},
    {"VotesCarried", "votes.carried"},
    {"VotesOutdated", "votes.outdated"},
    {"VoteHeld", "vote.held"},
    {"HeldVoteDropped", ""},
    {"EligibleListed", ""},
    {"GateClaimed", "gate.claimed"},
    {"GateReleased", "gate.released"},
    {"ReminderDue", "gate.reminder"},
    {"GateEscalated", "gate.escalated"},
    {"DeadlineExtended", "gate.extended"},
    {"OverrideAsked", "override.asked"},
    {"OverrideGranted", "override.granted"},
    {"ActionBlocked", "action.blocked"},
    {"LocksQueued", "locks.queued"},
    {"LocksTaken", "locks.taken"},
    {"LocksReleased", "locks.released"},
    {"RunRetried", "run.retried"},
    {"RunMigrated", "run.migrated"},
    {"ReviewOpened", "review.opened"},
    {"AttemptHandedOver", "attempt.handed_over"},
    {"RollbackStarted", "rollback.started"},
}};
static_assert(!kNames.back().type.empty(), "an event has no name");

constexpr std::array<std::string_view, 5> kTopicsOfEnd = {"attempt.succeeded", "attempt.failed",
                                                          "attempt.timed_out", "attempt.cancelled",
                                                          "attempt.unknown"};

}  // namespace

std::string_view EventType(const Event& event) { return kNames[event.index()].type; }

std::string_view EventTopic(const Event& event) {
  if (const auto* ended = std::get_if<AttemptEnded>(&event)) {
    return kTopicsOfEnd[static_cast<std::size_t>(ended->end) - 1];
  }
  return kNames[event.index()].topic;
}

std::vector<std::string_view> EventTopics() {
  std::vector<std::string_view> topics;
  for (const EventName& name : kNames) topics.push_back(name.topic);
  topics.insert(topics.end(), kTopicsOfEnd.begin(), kTopicsOfEnd.end());
  std::erase(topics, "");
  return topics;
}

void AppendEvent(std::string& out, const Event& event) { AppendTyped(out, event, kNames); }

std::string EventsToJson(const std::vector<Event>& events) {
  return AllTypedToJson(events, kNames);
}

Result<std::vector<Event>> EventsFromJson(std::string_view json) {
  GW_TRY(document, ParseJson(json));
  return ReadAllTyped<Event>(document, kNames);
}

Result<Run> Replay(RunId id, const std::vector<ports::Entry>& entries) {
  Run run;
  run.id = id;
  for (const ports::Entry& entry : entries) {
    if (entry.sequence.value != run.version.value + 1) {
      return Error{ErrorCode::kCorrupt,
                   fmt::format("run {}: expected entry {}, found entry {} at position {}", id.value,
                               run.version.value + 1, entry.sequence.value, entry.position.value)};
    }
    auto events = EventsFromJson(entry.events_json);
    if (!events) {
      return Error{ErrorCode::kCorrupt,
                   fmt::format("run {}: entry {} at position {} cannot be read: {}", id.value,
                               entry.sequence.value, entry.position.value, events.error().message)};
    }
    ApplyEntry(run, *events, Stamp{entry.at, PrincipalId{entry.actor}});
  }
  return run;
}

ports::RunRow RowOf(const Run& run) {
  ports::RunRow row;
  row.id = run.id;
  row.version = run.version;
  row.name = run.name;
  row.workflow = run.workflow.value;
  row.workflow_version = run.workflow_version.value;
  row.requester = run.requester.value;
  row.state = run.state;
  row.status = run.status;
  row.stage = run.current_stage.value;
  row.created_at = run.created_at;
  row.updated_at = run.updated_at;
  return row;
}

}  // namespace gatewright::codec
