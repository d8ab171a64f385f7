// engine/runtime/engine.h: the engine as its callers see it. prepare → decide → commit → answer.
// Thread-safe. Commands are answered after their events are on disk; queries see what is committed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/codec/secrets.h"
#include "engine/core/explain.h"
#include "engine/core/impact.h"
#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/ports/plugins.h"
#include "engine/ports/store.h"
#include "engine/runtime/delivery_count.h"
#include "engine/runtime/output_state.h"
#include "engine/runtime/requests.h"
#include "engine/runtime/surroundings.h"
#include "engine/runtime/vote_link.h"
#include "engine/runtime/workflows.h"

namespace gatewright::runtime {

struct EngineOptions {
  std::size_t queue_limit = 10'000;  // commands waiting for the loop; more = 503
  std::size_t batch_limit = 256;     // commands per commit
  std::size_t cached_runs = 10'000;  // open ones, a few KB each
  std::size_t attempt_workers = 8;   // attempts running at once; more wait their turn
  std::size_t plugin_workers = 4;    // policies, and approvers that do I/O
  Duration approver_limit{std::chrono::seconds{5}};
  Duration policy_limit{std::chrono::seconds{30}};
  Duration notifier_limit{std::chrono::seconds{10}};
  std::int64_t output_limit = 1 << 20;  // bytes of output kept per attempt
  Duration answers_kept{std::chrono::hours{24}};
  Duration deliveries_kept{std::chrono::hours{24 * 30}};
  std::int64_t most_deliveries = 100'000;  // of those that are over
  codec::SecretReader read_secret{};       // for plugins' settings; empty: there are none
};

struct EngineStats {
  std::uint64_t commands = 0;
  std::uint64_t commits = 0;
  std::uint64_t refused_full = 0;
  std::size_t queued = 0;
  std::size_t running_attempts = 0;
  std::size_t waiting_attempts = 0;  // for a worker
  std::size_t outside_attempts = 0;  // handed over
  std::size_t cached_runs = 0;
};

// A gate that somebody can decide now.
struct InboxItem {
  std::shared_ptr<const core::Run> run;
  core::Explanation explanation;
};

// A page may be empty and still go on: one call looks at a bounded number of runs.
struct InboxPage {
  std::vector<InboxItem> items;  // by deadline, then oldest first
  RunId next_after{0};           // where to go on; 0 = that was all
};

enum class VoteLinkState {
  kGood = 1,
  kInvalid,  // not signed here, or changed
  kExpired,
  kUsed,
  kDecided,  // the gate it is for is not open any more
  kChanged,  // what it is about is not what it was
  kNobody,   // the person is not in the directory any more
};

// A link as it stands. Beyond `state`, empty unless it is genuine.
struct VoteLinkLook {
  VoteLinkState state = VoteLinkState::kInvalid;
  VoteLink link;
  core::Principal person;
  std::shared_ptr<const core::Run> run;
};

class Engine {
 public:
  // Turns a stored source back into a workflow, without asking whether its plugins still exist.
  using ParseStored = std::function<Result<core::Workflow>(const std::string& source)>;
  // Committed entries in order of position; called by the command loop, must not block.
  using FeedListener = std::function<void(const std::vector<ports::Entry>&)>;

  Engine(ports::Store& store, ports::Plugins& plugins, const ports::Clock& clock, ports::Log& log,
         EngineOptions options);
  ~Engine();

  // Before Start.
  void SetFeedListener(FeedListener listener);
  void SetOutputListener(OutputListener listener);  // as FeedListener
  // How others reach this server: where they may call back. Any time.
  void SetPublicUrl(std::string url);
  // Reads the workflows, recovers what was running, starts the threads.
  Result<void> Start(const ParseStored& parse);
  // Any time: what is there from now on. Runs that wait for a calendar look again.
  void SetCalendars(core::Calendars calendars);
  void SetDirectory(std::vector<core::Principal> people, core::PreferencesBook preferences = {});
  // Takes no more commands (kUnavailable), finishes those it has, waits up to `grace` for attempts.
  void Stop(Duration grace);

  void Create(CreateRequest request, Answer answer);
  void Resubmit(ResubmitRequest request, Answer answer);
  void SubmitDraft(SubmitRequest request, Answer answer);
  void Vote(VoteRequest request, Answer answer);
  void ChangeSubject(SubjectRequest request, Answer answer);
  void Claim(ClaimRequest request, Answer answer);
  void Release(ClaimRequest request, Answer answer);
  void Extend(ExtendRequest request, Answer answer);
  void Override(OverrideRequest request, Answer answer);
  void Retry(RetryRequest request, Answer answer);
  void RollBack(RollbackRequest request, Answer answer);
  void Migrate(MigrateRequest request, Answer answer);
  // Of the installation; the reply has no run.
  void Change(SiteRequest request, Answer answer);
  void Cancel(CancelRequest request, Answer answer);
  void Resolve(ResolveRequest request, Answer answer);
  // What the address of a callback is good for. Empty: this installation gave out no such ticket.
  std::optional<CallbackTicket> ReadTicket(std::string_view ticket) const;
  // By whoever holds the ticket. Refused once the attempt has ended, with how and when; what such a
  // late answer said is recorded.
  void AnswerFor(AttemptAnswer said, Answer answer);
  // Refused once the policy has approved or rejected on this opening of the gate, or it is decided.
  void AnswerFor(PolicyAnswer said, Answer answer);
  // What may be done with a link; changes nothing.
  Result<VoteLinkLook> LookAtVoteLink(std::string_view ticket);
  // Blocks until it is committed. The same content as the current revision changes nothing.
  Result<RevisionPtr> Publish(PublishRequest request);
  // No new runs of this workflow; its revisions stay for those that have ended. Runs that are still
  // open prevent it: then nothing was done, and the newest of them are returned.
  Result<std::vector<RunId>> Retire(const WorkflowName& name);

  // Stores the answer that Idempotency::render could not know yet, then calls `done`.
  void CompleteAnswer(ports::AnswerRow row, std::function<void(Result<void>)> done);
  // Calls `answer` once `is_settled(run)` or at `deadline`, with the run as it then is.
  void WaitFor(RunId run, std::function<bool(const core::Run&)> is_settled, Time deadline,
               std::function<void(std::shared_ptr<const core::Run>)> answer);

  // Null when there is no such run.
  Result<std::shared_ptr<const core::Run>> GetRun(RunId run);
  // What lists show of a run: one read, where GetRun may have to replay. Empty: no such run.
  Result<std::optional<ports::RunRow>> GetRow(RunId run);
  Result<ports::RunPage> ListRuns(const ports::RunQuery& query);
  // Why the run waits, and what `viewer` can do about it. May ask approvers that do I/O. Empty: no
  // such run.
  Result<std::optional<core::Explanation>> Explain(RunId run, const core::Principal& viewer);
  Result<InboxPage> Inbox(const core::Principal& viewer, RunId after, std::int64_t limit);
  // What publishing this version would mean for the open runs of its workflow.
  Result<core::Impact> ImpactOf(const core::Workflow& workflow);
  Result<std::vector<ports::Entry>> History(RunId run);
  Result<std::vector<ports::Entry>> SiteHistory();
  Result<std::vector<ports::Entry>> ReadEntries(Position after, std::int64_t limit);
  Result<Position> Head();
  Result<std::string> ReadOutput(RunId run, AttemptNumber number, std::int64_t offset,
                                 std::int64_t limit);
  Result<std::int64_t> OutputSize(RunId run, AttemptNumber number);
  OutputState StateOfOutput(RunId run, AttemptNumber number) const;
  // What running attempts said last about how far they are; never in the log.
  std::vector<AttemptProgress> ProgressOf(RunId run) const;
  // What became of notifications, newest first.
  Result<std::vector<ports::DeliveryRow>> ListDeliveries(const ports::DeliveryQuery& query);
  Result<std::optional<ports::DeliveryRow>> FindDelivery(std::int64_t id);
  // Tries it now, with the same event id. Empty: there is no such delivery.
  Result<std::optional<ports::DeliveryRow>> ReplayDelivery(std::int64_t id);
  // Of a token's secret. Empty when there is none of this id.
  Result<std::string> CredentialDigest(std::string_view id);
  Result<ports::StoreHealth> Health();
  const Workflows& workflows() const;
  const Surroundings& surroundings() const;
  ports::Plugins& plugins() const;
  EngineStats stats() const;
  std::vector<DeliveryCount> delivery_counts() const;
  Result<ports::PendingDeliveries> PendingDeliveries() const;
  Time Now() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gatewright::runtime
