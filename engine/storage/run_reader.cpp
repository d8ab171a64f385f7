// engine/storage/run_reader.cpp: runs, their histories and lists of them.
#include "engine/storage/run_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/site.h"

namespace gatewright::storage {

using soci::into;
using soci::use;

namespace {

constexpr std::int64_t kMaxPage = 1'000;

constexpr std::string_view kRowColumns =
    "id, version, name, workflow, workflow_version, requester, state, status, stage, created_at, "
    "updated_at, head, head_hash";
constexpr std::string_view kEntryColumns =
    "position, run_id, sequence, at, actor, events, prev_position, hash";

// Tested on each run a walk visits; an empty filter lets everything pass.
constexpr std::string_view kFilters =
    "(:workflow = '' OR workflow = :workflow) "
    "AND (:workflow_version = '' OR workflow_version = :workflow_version) "
    "AND (:stage = '' OR stage = :stage) "
    "AND (:requester = '' OR requester = :requester) "
    "AND (:statuses = 0 OR (:statuses >> status) & 1) "
    "AND (:text = '' OR instr(lower(name), :text) > 0)";

// SQLite's lower() knows ASCII only, and so do we.
std::string LowerAscii(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool AreAllOpen(const std::vector<core::RunStatus>& statuses) {
  using core::RunStatus;
  return std::all_of(statuses.begin(), statuses.end(), [](RunStatus status) {
    return status == RunStatus::kWaiting || status == RunStatus::kExecuting ||
           status == RunStatus::kNeedsAttention || status == RunStatus::kBlocked ||
           status == RunStatus::kDraft;
  });
}

// Does a walk skip runs it visits?
bool HasFilters(const ports::RunQuery& query) {
  return !query.workflow.empty() || !query.workflow_version.empty() || !query.stage.empty() ||
         !query.requester.empty() || !query.text.empty() || !query.statuses.empty();
}

}  // namespace

RunReader::RunReader(soci::session& session)
    : session_(session),
      row_(PrepareRow(session, "id = :id")),
      entry_((session.prepare << fmt::format("SELECT {} FROM events WHERE position = :position",
                                             kEntryColumns),
              into(position_), into(run_), into(sequence_), into(at_), into(actor_), into(events_),
              into(previous_), into(hash_), use(wanted_))),
      entries_((session.prepare << fmt::format("SELECT {} FROM events WHERE position > :after "
                                               "ORDER BY position LIMIT :limit",
                                               kEntryColumns),
                into(position_), into(run_), into(sequence_), into(at_), into(actor_),
                into(events_), into(previous_), into(hash_), use(wanted_), use(limit_))),
      site_((session.prepare << "SELECT version, head FROM site", into(number_), into(wanted_))),
      last_run_((session.prepare << "SELECT coalesce(max(id), 0) FROM runs", into(number_))),
      last_position_(
          (session.prepare << "SELECT coalesce(max(position), 0) FROM events", into(number_))),
      newest_first_(PrepareWalks(session, Order::kNewestFirst)),
      oldest_first_(PrepareWalks(session, Order::kOldestFirst)) {}

soci::statement RunReader::PrepareRow(soci::session& session, const std::string& condition) {
  return (session.prepare << fmt::format("SELECT {} FROM runs WHERE {}", kRowColumns, condition),
          into(id_), into(version_), into(name_), into(workflow_), into(workflow_version_),
          into(requester_), into(state_), into(status_), into(stage_), into(created_at_),
          into(updated_at_), into(head_), into(head_hash_), use(wanted_));
}

RunReader::Walks RunReader::PrepareWalks(soci::session& session, Order order) {
  return {PrepareWalk(session, "runs NOT INDEXED", ":state = ''", order),
          PrepareWalk(session, "runs INDEXED BY runs_state", "state = :state", order),
          PrepareWalk(session, "runs INDEXED BY runs_open",
                      ":state = '' AND status IN (1, 2, 3, 9, 12)", order)};
}

RunReader::Walk RunReader::PrepareWalk(soci::session& session, const std::string& source,
                                       const std::string& scope, Order order) {
  const bool is_down = order == Order::kNewestFirst;
  const auto direction = is_down ? "DESC" : "ASC";
  const auto page = fmt::format(
      "SELECT {} FROM {} WHERE {} AND id < :ceiling AND id >= :floor AND {} "
      "ORDER BY id {} LIMIT :limit",
      kRowColumns, source, scope, kFilters, direction);
  const auto bound =
      fmt::format("SELECT id FROM {} WHERE {} AND {} ORDER BY id {} LIMIT 1 OFFSET :skip", source,
                  scope, is_down ? "id < :from" : "id >= :from", direction);
  const auto beyond = fmt::format("SELECT id FROM {} WHERE {} AND {} ORDER BY id {} LIMIT 1",
                                  source, scope, is_down ? "id < :end" : "id >= :end", direction);
  Integer& from = is_down ? ceiling_ : floor_;
  Integer& end = is_down ? floor_ : ceiling_;
  return Walk{
      (session.prepare << page, into(id_), into(version_), into(name_), into(workflow_),
       into(workflow_version_), into(requester_), into(state_), into(status_), into(stage_),
       into(created_at_), into(updated_at_), into(head_), into(head_hash_), use(want_state_),
       use(ceiling_), use(floor_), use(want_workflow_), use(want_workflow_version_),
       use(want_stage_), use(want_requester_), use(statuses_), use(want_text_), use(limit_)),
      (session.prepare << bound, into(number_), use(want_state_), use(from), use(skip_)),
      (session.prepare << beyond, into(number_), use(want_state_), use(end))};
}

std::optional<ports::RunRow> RunReader::GetRow(RunId run) {
  wanted_ = run.value;
  if (!SelectOne(row_)) return std::nullopt;
  return TakeRow();
}

Result<std::optional<ports::RunHistory>> RunReader::Load(RunId run) {
  const Snapshot snapshot(session_);
  std::optional<ports::RunRow> row = GetRow(run);
  if (!row) return std::optional<ports::RunHistory>{};
  GW_TRY(entries, WalkBack(fmt::format("Run {}", run.value), run, row->head, row->version));
  return std::optional(ports::RunHistory{*std::move(row), std::move(entries)});
}

Result<std::vector<ports::Entry>> RunReader::SiteEntries() {
  const Snapshot snapshot(session_);
  if (!SelectOne(site_)) {
    return Error{ErrorCode::kCorrupt,
                 "The table 'site' has no row. Stop the server and run `gatewright db check`."};
  }
  return WalkBack("The installation's own log", core::kSite, Position{wanted_}, Sequence{number_});
}

// Each entry names the position of the one before it.
Result<std::vector<ports::Entry>> RunReader::WalkBack(const std::string& whose, RunId run,
                                                      Position head, Sequence version) {
  std::vector<ports::Entry> entries;
  wanted_ = head.value;
  for (auto expected = version.value; expected > 0; --expected) {
    if (!SelectOne(entry_) || run_ != run.value || sequence_ != expected) {
      return Error{ErrorCode::kCorrupt,
                   fmt::format("{}: expected its log entry {} at position {}, but that is not "
                               "there. Stop the server and run `gatewright db check`.",
                               whose, expected, wanted_)};
    }
    entries.push_back(TakeEntry());
    wanted_ = previous_;
  }
  std::reverse(entries.begin(), entries.end());
  return entries;
}

Result<ports::RunPage> RunReader::List(const ports::RunQuery& query, std::int64_t scan_limit) {
  if (query.limit < 1) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("Expected a limit of 1 to {}, found {}.", kMaxPage, query.limit)};
  }
  const Snapshot snapshot(session_);
  BindFilters(query);
  Walk& walk = Choose(query);
  const auto wanted = static_cast<std::size_t>(std::min(query.limit, kMaxPage));
  limit_ = static_cast<Integer>(wanted) + 1;  // one more tells whether the list goes on
  BindRange(walk, query, scan_limit);

  ports::RunPage page;
  for (Rows rows(walk.page); rows.has_row(); rows.Next()) {
    if (page.rows.size() == wanted) {
      page.next_before = page.rows.back().id;
      return page;
    }
    page.rows.push_back(TakeRow());
  }
  // Not full, but there may be more beyond what was looked at. The cursor lies just before it.
  if (SelectOne(walk.beyond)) {
    page.next_before = RunId{query.is_oldest_first ? number_ - 1 : number_ + 1};
  }
  return page;
}

// Which ids the page may come from: all from the cursor on, but no more runs than `scan_limit` when
// some of them may be skipped.
void RunReader::BindRange(Walk& walk, const ports::RunQuery& query, std::int64_t scan_limit) {
  const RunId last = LastRun();
  const bool is_bounded = HasFilters(query);
  const bool is_by_id = &walk == &newest_first_.by_id || &walk == &oldest_first_.by_id;
  skip_ = scan_limit - 1;
  if (query.is_oldest_first) {
    floor_ = std::clamp<Integer>(query.after.value, 0, last.value) + 1;
    ceiling_ = last.value + 1;
    if (!is_bounded) return;
    if (is_by_id) {
      ceiling_ = std::min(ceiling_, floor_ + scan_limit);  // no id twice: that many at most
    } else if (SelectOne(walk.bound)) {
      ceiling_ = number_ + 1;
    }
  } else {
    ceiling_ = query.before.value > 0 ? query.before.value : last.value + 1;
    floor_ = 0;
    if (!is_bounded) return;
    if (is_by_id) {
      floor_ = std::max<Integer>(0, ceiling_ - scan_limit);
    } else if (SelectOne(walk.bound)) {
      floor_ = number_;
    }
  }
}

void RunReader::BindFilters(const ports::RunQuery& query) {
  want_workflow_ = query.workflow;
  want_workflow_version_ = query.workflow_version;
  want_state_ = query.state;
  want_stage_ = query.stage;
  want_requester_ = query.requester;
  want_text_ = LowerAscii(query.text);
  statuses_ = 0;
  for (const core::RunStatus status : query.statuses) {
    statuses_ |= Integer{1} << static_cast<int>(status);
  }
}

RunReader::Walk& RunReader::Choose(const ports::RunQuery& query) {
  Walks& walks = query.is_oldest_first ? oldest_first_ : newest_first_;
  if (!query.state.empty()) return walks.by_state;
  if (!query.statuses.empty() && AreAllOpen(query.statuses)) return walks.by_open;
  return walks.by_id;
}

RunId RunReader::LastRun() {
  SelectOne(last_run_);
  return RunId{number_};
}

std::vector<ports::Entry> RunReader::ReadEntries(Position after, std::int64_t limit) {
  wanted_ = after.value;
  limit_ = std::max<std::int64_t>(0, limit);
  std::vector<ports::Entry> entries;
  for (Rows rows(entries_); rows.has_row(); rows.Next()) entries.push_back(TakeEntry());
  return entries;
}

Position RunReader::Head() {
  SelectOne(last_position_);
  return Position{number_};
}

ports::RunRow RunReader::TakeRow() const {
  ports::RunRow row;
  row.id = RunId{id_};
  row.version = Sequence{version_};
  row.name = name_;
  row.workflow = workflow_;
  row.workflow_version = workflow_version_;
  row.requester = requester_;
  row.state = state_;
  row.status = static_cast<core::RunStatus>(status_);
  row.stage = stage_;
  row.created_at = FromMicros(created_at_);
  row.updated_at = FromMicros(updated_at_);
  row.head = Position{head_};
  row.head_hash = head_hash_;
  return row;
}

ports::Entry RunReader::TakeEntry() const {
  ports::Entry entry;
  entry.position = Position{position_};
  entry.run = RunId{run_};
  entry.sequence = Sequence{sequence_};
  entry.at = FromMicros(at_);
  entry.actor = actor_;
  entry.events_json = events_;
  entry.hash = hash_;
  return entry;
}

}  // namespace gatewright::storage
