#include "engine/runtime/policy_facts.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>
#include <vector>

#include "engine/codec/events.h"
#include "engine/codec/json.h"

namespace gatewright::runtime {
namespace {

namespace json = boost::json;

// A page of a list may come back nearly empty, so this bounds the work.
constexpr int kMaxPages = 20;

// How a run came out: it has ended, or stands still because something went wrong.
const std::vector<core::RunStatus> kEnds = {
    core::RunStatus::kNeedsAttention, core::RunStatus::kSucceeded, core::RunStatus::kRejected,
    core::RunStatus::kExpired,        core::RunStatus::kCancelled, core::RunStatus::kFailed,
    core::RunStatus::kSuperseded,     core::RunStatus::kStale,     core::RunStatus::kRolledBack};

json::value Moment(const std::optional<Time>& time) {
  if (!time) return nullptr;
  return json::value(FormatTime(*time));
}

json::object RunFacts(const core::Run& run) {
  return {{"id", run.id.value},
          {"name", run.name},
          {"workflow", run.workflow.value},
          {"requester", run.requester.value},
          {"created_at", FormatTime(run.created_at)}};
}

json::object StageFacts(const core::Stage& stage) {
  return {{"name", stage.name.value},
          {"epoch", stage.gate->epoch.value},
          {"opened_at", FormatTime(stage.gate->opened_at)}};
}

// The votes that count. One in shadow does not, so nobody should be misled by it.
json::array VoteFacts(const core::Gate& gate) {
  json::array votes;
  for (const core::Vote& vote : gate.votes) {
    if (vote.is_shadow) continue;
    json::array rules;
    for (const RuleId& rule : vote.rules) rules.emplace_back(rule.value);
    votes.push_back(json::object{{"voter", vote.voter.value},
                                 {"kind", ToString(vote.kind)},
                                 {"choice", ToString(vote.choice)},
                                 {"rules", std::move(rules)},
                                 {"comment", vote.comment},
                                 {"at", FormatTime(vote.at)}});
  }
  return votes;
}

json::object CalendarFacts(const core::Calendars& calendars, Time now) {
  json::object facts;
  for (const auto& [name, calendar] : calendars) {
    const core::Opening opening = calendar->At(now);
    facts[name] =
        json::object{{"open", opening.is_open}, {"changes_at", Moment(opening.changes_at)}};
  }
  return facts;
}

// Newest first.
Result<std::vector<ports::RunRow>> LastRuns(const core::Run& run, ports::Store& store) {
  ports::RunQuery query;
  query.workflow = run.workflow.value;
  query.statuses = kEnds;
  query.limit = static_cast<std::int64_t>(kMaxFactRuns);
  std::vector<ports::RunRow> rows;
  for (int page_number = 0; page_number < kMaxPages; ++page_number) {
    GW_TRY(page, store.ListRuns(query));
    for (ports::RunRow& row : page.rows) {
      if (row.id == run.id) continue;
      rows.push_back(std::move(row));
      if (rows.size() == kMaxFactRuns) return rows;
    }
    if (page.next_before.value == 0) break;
    query.before = page.next_before;
  }
  return rows;
}

// Its subject and its end stand only in its entries. Not through the cache: it is for open runs.
Result<json::value> HistoryFacts(const ports::RunRow& row, ports::Store& store) {
  GW_TRY(history, store.LoadRun(row.id));
  if (!history) return Error{ErrorCode::kCorrupt, fmt::format("run {} is gone", row.id.value)};
  GW_TRY(run, codec::Replay(row.id, history->entries));
  GW_TRY(subject, codec::ParseJson(run.subject_json));
  return json::value(json::object{{"id", run.id.value},
                                  {"name", run.name},
                                  {"status", ToString(run.status)},
                                  {"state", run.state},
                                  {"requester", run.requester.value},
                                  {"subject", std::move(subject)},
                                  {"created_at", FormatTime(run.created_at)},
                                  {"finished_at", Moment(run.finished_at)}});
}

}  // namespace

Result<std::string> GatherFacts(const core::Run& run, const core::Stage& stage,
                                const core::Calendars& calendars, Time now, ports::Store& store) {
  json::object facts = {{"run", RunFacts(run)},
                        {"stage", StageFacts(stage)},
                        {"votes", VoteFacts(*stage.gate)},
                        {"history", json::array()},
                        {"calendars", CalendarFacts(calendars, now)}};
  std::size_t size = codec::CanonicalJson(facts).size();
  if (size > kMaxFacts) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("expected facts of at most {} bytes, found {} before any earlier run",
                             kMaxFacts, size)};
  }
  GW_TRY(rows, LastRuns(run, store));
  json::array& history = facts["history"].as_array();
  for (const ports::RunRow& row : rows) {
    GW_TRY(one, HistoryFacts(row, store));
    size += codec::CanonicalJson(one).size() + 1;  // and a comma
    if (size > kMaxFacts) break;
    history.push_back(std::move(one));
  }
  return codec::CanonicalJson(facts);
}

}  // namespace gatewright::runtime
