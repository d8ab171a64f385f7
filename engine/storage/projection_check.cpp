// engine/storage/projection_check.cpp: run by run in the order of their ids, then the installation.
#include "engine/storage/projection_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/storage/run_reader.h"
#include "engine/storage/work_reader.h"

namespace gatewright::storage {
namespace {

using soci::into;
using soci::use;

class ProjectionCheck {
 public:
  ProjectionCheck(soci::session& session, const ReplayFn& replay, const ReplaySiteFn& replay_site,
                  CheckReport& report);

  void Run();

 private:
  std::string CheckRun(RunId run);
  std::string CompareWork(RunId run, Projection expected);
  std::string CheckSite();
  std::string CheckTickets();
  std::string Leftovers();
  std::string FirstOf(const std::string& query, fmt::format_string<Integer&> sentence);

  soci::session& session_;
  const ReplayFn& replay_;
  const ReplaySiteFn& replay_site_;
  CheckReport& report_;
  RunReader runs_;
  WorkReader work_;
  std::int64_t reached_ = 0;        // entries that some run's row, or the installation's, leads to
  std::int64_t newest_ticket_ = 0;  // that a run was given

  Integer run_ = 0, next_run_ = 0, number_ = 0, kind_ = 0, due_ = 0, state_ = 0, token_ = 0;
  std::string stage_;
  soci::statement next_;
  soci::statement timers_;
  soci::statement attempts_;
};

ProjectionCheck::ProjectionCheck(soci::session& session, const ReplayFn& replay,
                                 const ReplaySiteFn& replay_site, CheckReport& report)
    : session_(session),
      replay_(replay),
      replay_site_(replay_site),
      report_(report),
      runs_(session),
      work_(session),
      next_((session.prepare << "SELECT id FROM runs WHERE id > :after ORDER BY id LIMIT 1",
             into(next_run_), use(run_))),
      timers_((session.prepare << "SELECT kind, due FROM timers WHERE run_id = :run ORDER BY kind",
               into(kind_), into(due_), use(run_))),
      attempts_((session.prepare << "SELECT number, stage, state, fencing_token FROM attempts "
                                    "WHERE run_id = :run ORDER BY number",
                 into(number_), into(stage_), into(state_), into(token_), use(run_))) {}

void ProjectionCheck::Run() {
  while (report_.problem.empty() && SelectOne(next_)) {
    run_ = next_run_;
    report_.problem = CheckRun(RunId{run_});
    if (!report_.problem.empty()) return;
    ++report_.runs;
  }
  report_.problem = CheckSite();
  if (report_.problem.empty()) report_.problem = CheckTickets();
  if (report_.problem.empty()) report_.problem = Leftovers();
  if (report_.problem.empty() && reached_ != report_.entries) {
    report_.problem =
        fmt::format("The log has {} entries, but the runs and the installation account for {}.",
                    report_.entries, reached_);
  }
}

template <class T>
std::string Text(const T& value) {
  if constexpr (requires { value.value; }) {
    return fmt::format("{}", value.value);
  } else if constexpr (std::is_same_v<T, Time>) {
    return FormatTime(value);
  } else if constexpr (std::is_enum_v<T>) {
    return fmt::format("{}", static_cast<int>(value));
  } else {
    return fmt::format("'{}'", value);
  }
}

std::string CompareRows(const ports::RunRow& found, const ports::RunRow& expected) {
  std::string problem;
  const auto compare = [&](std::string_view column, const auto& is, const auto& should) {
    if (is == should || !problem.empty()) return;
    problem = fmt::format("Run {}: {} is {}, but its log gives {}.", found.id.value, column,
                          Text(is), Text(should));
  };
  compare("id", found.id, expected.id);
  compare("version", found.version, expected.version);
  compare("name", found.name, expected.name);
  compare("workflow", found.workflow, expected.workflow);
  compare("workflow_version", found.workflow_version, expected.workflow_version);
  compare("requester", found.requester, expected.requester);
  compare("state", found.state, expected.state);
  compare("status", found.status, expected.status);
  compare("stage", found.stage, expected.stage);
  compare("created_at", found.created_at, expected.created_at);
  compare("updated_at", found.updated_at, expected.updated_at);
  return problem;
}

std::string Describe(const ports::TimerRow& timer) {
  return fmt::format("kind {} at {}", static_cast<int>(timer.kind), FormatTime(timer.due));
}

std::string Describe(const ports::AttemptRow& attempt) {
  return fmt::format("number {} of stage '{}' in state {} with token {}", attempt.number.value,
                     attempt.stage, static_cast<int>(attempt.state), attempt.fencing_token);
}

std::string Describe(const ports::LockRow& lock) {
  return fmt::format("'{}' {} with ticket {}, mode {}, limit {}, since {}", lock.key,
                     lock.claim.is_held ? "held" : "in line", lock.claim.ticket,
                     static_cast<int>(lock.claim.mode), lock.claim.limit,
                     FormatTime(lock.claim.since));
}

template <class Row>
std::string Describe(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) {
    if (!text.empty()) text += ", ";
    text += Describe(row);
  }
  return text.empty() ? "none" : text;
}

std::string ProjectionCheck::CheckRun(RunId run) {
  auto loaded = runs_.Load(run);
  if (!loaded) return loaded.error().message;
  const ports::RunHistory& history = **loaded;
  if (history.entries.empty()) return fmt::format("Run {} has no entry in the log.", run.value);
  if (history.row.head_hash != history.entries.back().hash) {
    return fmt::format("Run {}: head_hash is {}, but its newest log entry, at position {}, has {}.",
                       run.value, history.row.head_hash, history.row.head.value,
                       history.entries.back().hash);
  }
  reached_ += history.row.version.value;
  if (replay_ == nullptr) return "";
  auto expected = replay_(history.entries);
  if (!expected) {
    return fmt::format("Run {}: its log cannot be replayed: {}", run.value,
                       expected.error().message);
  }
  if (auto problem = CompareRows(history.row, expected->row); !problem.empty()) return problem;
  return CompareWork(run, std::move(expected).value());
}

std::string ProjectionCheck::CompareWork(RunId run, Projection expected) {
  std::vector<ports::TimerRow> timers;
  for (Rows rows(timers_); rows.has_row(); rows.Next()) {
    const auto kind = static_cast<core::TimerKind>(kind_);
    if (IsOfTheLog(kind)) timers.push_back({run, kind, FromMicros(due_)});
  }
  std::vector<ports::AttemptRow> attempts;
  for (Rows rows(attempts_); rows.has_row(); rows.Next()) {
    attempts.push_back(
        {run, AttemptNumber{number_}, stage_, static_cast<core::AttemptState>(state_), token_});
  }
  std::sort(expected.timers.begin(), expected.timers.end(),
            [](const auto& a, const auto& b) { return a.kind < b.kind; });
  std::sort(expected.attempts.begin(), expected.attempts.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  std::sort(expected.locks.begin(), expected.locks.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  const std::vector<ports::LockRow> locks = work_.LocksOf(run);
  report_.timers += static_cast<std::int64_t>(timers.size());
  report_.attempts += static_cast<std::int64_t>(attempts.size());
  report_.locks += static_cast<std::int64_t>(locks.size());
  newest_ticket_ = std::max(newest_ticket_, expected.newest_ticket);

  if (timers != expected.timers) {
    return fmt::format("Run {}: its timers are {}, but its log gives {}.", run.value,
                       Describe(timers), Describe(expected.timers));
  }
  if (attempts != expected.attempts) {
    return fmt::format("Run {}: its open attempts are {}, but its log gives {}.", run.value,
                       Describe(attempts), Describe(expected.attempts));
  }
  if (locks != expected.locks) {
    return fmt::format("Run {}: its locks are {}, but its log gives {}.", run.value,
                       Describe(locks), Describe(expected.locks));
  }
  return "";
}

std::string ProjectionCheck::CheckSite() {
  auto entries = runs_.SiteEntries();
  if (!entries) return entries.error().message;
  std::string head_hash;
  session_.once << "SELECT head_hash FROM site", into(head_hash);
  const std::string newest = entries->empty() ? "" : entries->back().hash;
  if (head_hash != newest) {
    return fmt::format(
        "The installation's own log: head_hash is '{}', but its newest entry has "
        "'{}'.",
        head_hash, newest);
  }
  report_.site_entries = static_cast<std::int64_t>(entries->size());
  reached_ += report_.site_entries;
  if (replay_site_ == nullptr) return "";
  const auto read = replay_site_(*entries);
  if (read) return "";
  return fmt::format("The installation's own log cannot be replayed: {}", read.error().message);
}

// A greater counter does no harm: numbers may be skipped, but none may be given twice.
std::string ProjectionCheck::CheckTickets() {
  const std::int64_t counter = work_.NewestTicket();
  if (counter >= newest_ticket_) return "";
  return fmt::format("The newest ticket for locks is {}, but the log has given number {}.", counter,
                     newest_ticket_);
}

// Rows of things that do not exist. Found by SQL, so that nothing has to be remembered.
std::string ProjectionCheck::Leftovers() {
  std::string problem = FirstOf(
      "SELECT run_id FROM events WHERE sequence = 1 AND run_id <> 0 AND run_id NOT IN "
      "(SELECT id FROM runs) ORDER BY position LIMIT 1",
      "Run {} is in the log, but has no row in runs.");
  if (problem.empty()) {
    problem = FirstOf("SELECT run_id FROM timers WHERE run_id NOT IN (SELECT id FROM runs) LIMIT 1",
                      "A timer belongs to run {}, which does not exist.");
  }
  if (problem.empty()) {
    problem =
        FirstOf("SELECT run_id FROM attempts WHERE run_id NOT IN (SELECT id FROM runs) LIMIT 1",
                "An attempt belongs to run {}, which does not exist.");
  }
  if (problem.empty()) {
    problem = FirstOf("SELECT run_id FROM locks WHERE run_id NOT IN (SELECT id FROM runs) LIMIT 1",
                      "A lock belongs to run {}, which does not exist.");
  }
  if (problem.empty()) {
    problem = FirstOf(
        fmt::format("SELECT position FROM cursors WHERE position > {} LIMIT 1", report_.head.value),
        "A follower has read the log up to position {}, which is beyond its end: "
        "entries are missing there.");
  }
  return problem;
}

std::string ProjectionCheck::FirstOf(const std::string& query,
                                     fmt::format_string<Integer&> sentence) {
  Integer found = 0;
  soci::statement statement((session_.prepare << query, into(found)));
  if (!SelectOne(statement)) return "";
  return fmt::format(sentence, found);
}

}  // namespace

void CheckProjections(soci::session& session, const ReplayFn& replay,
                      const ReplaySiteFn& replay_site, CheckReport& report) {
  ProjectionCheck(session, replay, replay_site, report).Run();
}

}  // namespace gatewright::storage
