// engine/runtime/engine_impl.h: the engine's parts and how they are wired. Private to the runtime:
// engine.cpp has its life, engine_commands.cpp what changes something, engine_queries.cpp the rest.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/runtime/attempts.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/followups.h"
#include "engine/runtime/notifications.h"
#include "engine/runtime/outputs.h"
#include "engine/runtime/policies.h"
#include "engine/runtime/prepare.h"
#include "engine/runtime/runs.h"
#include "engine/runtime/stuck_runs.h"
#include "engine/runtime/surroundings.h"
#include "engine/runtime/timers.h"
#include "engine/runtime/waiters.h"
#include "engine/runtime/worker_pool.h"

namespace gatewright::runtime {

Reply FailedReply(Error error);
Reply RefusedReply(core::RefusalCode code, std::string detail);

class Engine::Impl {
 public:
  Impl(ports::Store& store, ports::Plugins& plugins, const ports::Clock& clock, ports::Log& log,
       EngineOptions options);
  ~Impl() { Stop(Duration{0}); }

  Result<void> Start(const ParseStored& parse);
  void Stop(Duration grace);

  void Create(CreateRequest request, Answer answer);
  void Resubmit(ResubmitRequest request, Answer answer);
  void Migrate(MigrateRequest request, Answer answer);
  void SubmitDraft(SubmitRequest request, Answer answer);
  void Vote(VoteRequest request, Answer answer);
  Result<RevisionPtr> Publish(PublishRequest request);
  Result<std::vector<RunId>> Retire(const WorkflowName& name);
  void WaitFor(RunId run, std::function<bool(const core::Run&)> is_settled, Time deadline,
               std::function<void(std::shared_ptr<const core::Run>)> answer);
  Result<std::shared_ptr<const core::Run>> GetRun(RunId run);
  Asking MakeAsking() const;
  core::Viewer MakeViewer(const LoadedRun& loaded, const core::Principal& principal) const;
  bool IsNeeded(const LoadedRun& loaded, const core::Principal& person) const;
  Result<VoteLinkLook> LookAtVoteLink(std::string_view ticket);
  Result<InboxPage> Inbox(const core::Principal& viewer, RunId after, std::int64_t limit);

  void AnswerAttempt(AttemptAnswer said, Answer answer);
  void AnswerPolicy(PolicyAnswer said, Answer answer);
  void Submit(Job job, Answer answer);
  // Commits `job` and waits for it.
  Reply SubmitAndWait(Job job);

  // A command that needs nothing but what the caller said.
  template <class Request>
  void Simple(Request& request, core::Command command, Answer answer) {
    Job job;
    job.run = request.run;
    job.command = std::move(command);
    job.idempotency = std::move(request.idempotency);
    Submit(std::move(job), std::move(answer));
  }

  // A command whose facts are gathered from the run; on a worker where that asks plugins that may
  // block, and again when the run has moved meanwhile.
  struct Errand {
    RunId run;
    std::function<Prepared<core::Command>(const LoadedRun&, const Asking&)> prepare;
    std::optional<Idempotency> idempotency;
    Answer answer;
  };
  void WithFacts(Errand errand);
  template <class Request, class Prepare>
  void WithFacts(Request request, Prepare prepare, Answer answer) {
    Errand errand{request.run, {}, request.idempotency, std::move(answer)};
    errand.prepare = [request = std::move(request), prepare](
                         const LoadedRun& loaded, const Asking& asking) -> Prepared<core::Command> {
      auto prepared = prepare(request, loaded, asking);
      if (auto* reply = std::get_if<Reply>(&prepared)) return std::move(*reply);
      return core::Command(std::get<0>(std::move(prepared)));
    };
    WithFacts(std::move(errand));
  }

  ports::Store& store_;
  ports::Plugins& plugins_;
  const ports::Clock& clock_;
  ports::Log& log_;
  EngineOptions options_;
  FeedListener feed_;
  Callbacks callbacks_;
  Workflows workflows_;
  Surroundings surroundings_;
  Runs runs_;
  Waiters waiters_;
  CommandLoop loop_;
  Followups followups_;
  WorkerPool workers_;
  Outputs outputs_;
  Attempts attempts_;
  StuckRuns stuck_runs_;
  Timers timers_;
  Policies policies_;
  Notifications notifications_;
  Alarm housekeeping_;
  std::mutex publishing_;
  std::atomic<bool> is_running_{false};
  std::atomic<bool> has_site_changed_{false};
  std::atomic<std::uint64_t> refused_full_{0};

 private:
  Result<void> ReadWorkflows(const ParseStored& parse);
  void Recover(const ports::AttemptRow& row);
  std::optional<Reply> FindRepeated(const std::optional<Idempotency>& idempotency);
  void PrepareAndSubmit(const std::shared_ptr<const Errand>& errand, const LoadedRun& loaded);
  void PrepareOnWorker(const std::shared_ptr<const Errand>& errand);
  void OnCommitted(const std::vector<Committed>& committed);
  std::optional<Time> KeepHouse();

  Time forget_at_;
  Time look_again_at_;
};

}  // namespace gatewright::runtime
