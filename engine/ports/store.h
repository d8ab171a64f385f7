// engine/ports/store.h: what the engine asks of a database. Implemented by engine/storage and held
// to one test suite (tests/storage), whatever the database.
//
// The log is the truth: an Entry is what one command did to one run, append-only and chained by
// hash. Everything else (runs, timers, attempts) can be rebuilt from it.
//
// Reads are thread-safe and see only what is committed. `Commit` is called by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/core/effect.h"
#include "engine/core/locks.h"
#include "engine/core/run.h"

namespace gatewright::ports {

// One command's events: on a run, or (run id core::kSite) on the installation. `hash` = SHA-256
// over the previous entry of the same run and this one (codec::EntryHash), so that a changed,
// missing or reordered entry shows.
struct Entry {
  Position position;  // given by the store at commit: gap-free, in commit order
  RunId run;
  Sequence sequence;  // 1 for the entry that created the run
  Time at;
  std::string actor;        // who caused it: a principal's id
  std::string events_json;  // JSON array of events, as engine/codec writes them
  std::string hash;         // lower-case hex
};

// A run as lists show it: a projection of its entries.
struct RunRow {
  RunId id;
  Sequence version;
  std::string name;
  std::string workflow;
  std::string workflow_version;
  std::string requester;
  std::string state;
  core::RunStatus status = core::RunStatus::kWaiting;
  std::string stage;  // empty when finished
  Time created_at;
  Time updated_at;
  Position head;          // its newest entry
  std::string head_hash;  // that entry's hash

  bool operator==(const RunRow&) const = default;
};

struct TimerRow {
  RunId run;
  core::TimerKind kind = core::TimerKind::kGateDeadline;
  Time due;

  bool operator==(const TimerRow&) const = default;
};

// A started or planned attempt that has not ended: what recovery must look at after a crash.
struct AttemptRow {
  RunId run;
  AttemptNumber number;
  std::string stage;
  core::AttemptState state = core::AttemptState::kPlanned;
  std::int64_t fencing_token = 0;

  bool operator==(const AttemptRow&) const = default;
};

// Something to be done for a run, kept until it is reported done. At least once.
enum class OutboxKind { kAskPolicies = 1, kNotify, kListEligible };

struct OutboxRow {
  std::int64_t id = 0;  // given by the store
  OutboxKind kind = OutboxKind::kAskPolicies;
  RunId run;
  std::string body_json;
  std::int64_t tries = 0;
  Time due;
};

enum class DeliveryState {
  kPending = 1,  // is tried, or tried again, at `due`
  kDelivered,
  kFailed,    // given up: trying again cannot help, or was done often enough
  kDisabled,  // its lane is closed
  kDropped,   // nobody needs it any more
};

// One notification to one receiver. It refers to the log for what is said.
struct DeliveryRow {
  std::int64_t id = 0;  // given by whoever writes it, from LastDelivery() on
  std::string event;    // "1207-0": position of the entry, and which of its events
  std::string topic;
  RunId run;
  std::string lane;        // which receiver: what is closed and kept in order together
  std::string notifier;    // the plugin's name
  std::string recipient;   // a person; empty: a channel
  bool is_digest = false;  // goes into one message with the others of its lane
  DeliveryState state = DeliveryState::kPending;
  std::int64_t tries = 0;
  std::string problem;  // why the last try failed
  Time created_at;
  Time updated_at;
  Time due;

  bool operator==(const DeliveryRow&) const = default;
};

// A lane with something pending.
struct PendingLane {
  std::string lane;
  Time due;  // the first

  bool operator==(const PendingLane&) const = default;
};

// A receiver that wants no more.
struct ClosedLane {
  std::string lane;
  std::string reason;
  Time since;

  bool operator==(const ClosedLane&) const = default;
};

// The answer to a request that carried an Idempotency-Key. `status` 0 = the command is committed,
// its answer is not known yet.
struct AnswerRow {
  std::string key;          // digest of principal and key
  std::string fingerprint;  // digest of method, path and body
  int status = 0;
  std::string body;
  std::string headers_json;  // Location, ETag
  Time at;
};

struct OutputChunk {
  RunId run;
  AttemptNumber number;
  std::int64_t offset = 0;
  std::string bytes;
};

// A run's claim on a lock: a projection of its entries, as lists need it and a start reads it.
struct LockRow {
  std::string key;
  core::LockClaim claim;

  bool operator==(const LockRow&) const = default;
};

struct WorkflowRow {
  std::string name;
  std::int64_t revision = 0;  // given by the store: 1, 2, 3 … per name
  std::string version;        // content hash
  std::string source;         // YAML or JSON as it was published
  std::string published_by;
  Time published_at;
  bool is_current = true;
};

// What a token's secret is held against. No entry of the log has it.
struct CredentialRow {
  std::string id;
  std::string digest;  // SHA-256 in hex; empty: is forgotten

  bool operator==(const CredentialRow&) const = default;
};

// Everything one command changes; committed as a whole or not at all.
struct Change {
  std::optional<Entry> entry;  // position is ignored
  RunRow row;                  // the run after `entry`; head is ignored. Only with a run's entry
  std::vector<TimerRow> set_timers;
  std::vector<std::pair<RunId, core::TimerKind>> clear_timers;
  std::vector<AttemptRow> put_attempts;  // an ended state removes the row
  std::vector<OutboxRow> put_outbox;     // id 0 inserts, else updates tries, due and body
  std::vector<std::int64_t> drop_outbox;
  std::optional<AnswerRow> answer;  // inserts, or completes the one with status 0
  std::vector<OutputChunk> output;
  std::optional<WorkflowRow> workflow;  // becomes the current revision of its name
  std::string retire_workflow;          // no current revision of this name any more
  std::vector<LockRow> put_locks;       // by (key, run)
  std::vector<std::pair<std::string, RunId>> drop_locks;
  std::int64_t newest_ticket = 0;           // 0 = unchanged
  std::vector<DeliveryRow> put_deliveries;  // by id
  std::vector<ClosedLane> close_lanes;
  std::vector<std::string> open_lanes;
  std::vector<CredentialRow> put_credentials;
  // Names how far a follower of the log has come: (name, position).
  std::optional<std::pair<std::string, Position>> cursor;
};

struct RunHistory {
  RunRow row;
  std::vector<Entry> entries;  // from the first to the newest
};

// Newest first, or oldest first. Empty members do not filter.
struct RunQuery {
  std::string workflow;
  std::string workflow_version;
  std::string state;
  std::vector<core::RunStatus> statuses;
  std::string stage;
  std::string requester;
  std::string text;  // part of the name, ASCII case ignored
  RunId before{0};   // cursor: only runs with a smaller id; 0 = from the newest
  bool is_oldest_first = false;
  RunId after{0};  // cursor of oldest first: only runs with a greater id
  std::int64_t limit = 50;
};

struct RunPage {
  std::vector<RunRow> rows;
  // Where to go on; 0 = that was all. A page may hold fewer rows than the limit and still go on:
  // one call looks at a bounded number of rows.
  // The `after` of the next page when the query was oldest first.
  RunId next_before{0};
};

// Newest first. Empty members do not filter.
struct PendingDeliveries {
  std::int64_t count = 0;
  std::optional<Time> oldest;  // when it was made
};

struct DeliveryQuery {
  RunId run{0};
  std::optional<DeliveryState> state{};
  std::string notifier{};
  std::int64_t before = 0;  // cursor: only smaller ids; 0 = from the newest
  std::int64_t limit = 50;
};

struct StoreHealth {
  std::string backend;  // "sqlite"
  std::string version;
  std::int64_t schema = 0;
  Position head;
};

class Store {
 public:
  virtual ~Store() = default;

  // Writes all changes in one transaction that is on disk when this returns, and returns the
  // position of the first entry; the others follow in order. On an error nothing was written.
  // kConflict: a run's row was not at `entry.sequence - 1`.
  virtual Result<Position> Commit(const std::vector<Change>& changes) = 0;

  // Null when there is no such run.
  virtual Result<std::optional<RunHistory>> LoadRun(RunId run) = 0;
  virtual Result<std::optional<RunRow>> GetRow(RunId run) = 0;
  virtual Result<RunPage> ListRuns(const RunQuery& query) = 0;
  // The highest run id ever given, 0 for an empty store.
  virtual Result<RunId> LastRunId() = 0;

  // Entries after `after` in order of position, at most `limit`.
  virtual Result<std::vector<Entry>> ReadEntries(Position after, std::int64_t limit) = 0;
  virtual Result<Position> Head() = 0;

  virtual Result<std::vector<TimerRow>> DueTimers(Time now, std::int64_t limit) = 0;
  virtual Result<std::optional<Time>> NextTimer() = 0;
  virtual Result<std::vector<AttemptRow>> OpenAttempts() = 0;
  // Of these kinds only.
  virtual Result<std::vector<OutboxRow>> DueOutbox(const std::vector<OutboxKind>& kinds, Time now,
                                                   std::int64_t limit) = 0;
  virtual Result<std::optional<Time>> NextOutbox(const std::vector<OutboxKind>& kinds) = 0;
  virtual Result<std::optional<AnswerRow>> FindAnswer(std::string_view key) = 0;
  // Removes answers older than `before`, at most `limit`; returns how many.
  virtual Result<std::int64_t> ForgetAnswers(Time before, std::int64_t limit) = 0;
  virtual Result<std::string> ReadOutput(RunId run, AttemptNumber number, std::int64_t offset,
                                         std::int64_t limit) = 0;
  virtual Result<std::int64_t> OutputSize(RunId run, AttemptNumber number) = 0;

  // The highest id of a delivery ever written, 0 for none.
  virtual Result<std::int64_t> LastDelivery() = 0;
  virtual Result<std::optional<DeliveryRow>> FindDelivery(std::int64_t id) = 0;
  virtual Result<std::vector<DeliveryRow>> ListDeliveries(const DeliveryQuery& query) = 0;
  virtual Result<PendingDeliveries> CountPendingDeliveries() = 0;
  // By name, after `after`; at most `limit`.
  virtual Result<std::vector<PendingLane>> PendingLanes(std::string_view after,
                                                        std::int64_t limit) = 0;
  // What is pending there and due, by (due, id).
  virtual Result<std::vector<DeliveryRow>> DueDeliveries(std::string_view lane, Time now,
                                                         std::int64_t limit) = 0;
  virtual Result<std::vector<ClosedLane>> ClosedLanes() = 0;
  // Removes what is not pending and was last written before `before`, or is not among the newest
  // `keep`; at most `limit`, and returns how many.
  virtual Result<std::int64_t> ForgetDeliveries(Time before, std::int64_t keep,
                                                std::int64_t limit) = 0;

  // The installation's own entries, from the first to the newest.
  virtual Result<std::vector<Entry>> SiteEntries() = 0;
  virtual Result<std::vector<LockRow>> Locks() = 0;
  virtual Result<std::int64_t> NewestTicket() = 0;

  // Every revision of every workflow, oldest first. None is current of a retired workflow.
  virtual Result<std::vector<WorkflowRow>> Workflows() = 0;
  virtual Result<Position> Cursor(std::string_view name) = 0;
  // A random secret of this installation, the same at every question: made at the first. Hex.
  virtual Result<std::string> Secret(std::string_view name) = 0;
  // Empty when there is none of this id.
  virtual Result<std::string> CredentialDigest(std::string_view id) = 0;
  virtual Result<StoreHealth> Health() = 0;
};

}  // namespace gatewright::ports
