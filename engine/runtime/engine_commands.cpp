// Commands: prepared where they need facts, then handed to the loop.
#include <fmt/format.h>

#include <future>
#include <utility>

#include "engine/runtime/engine_impl.h"

namespace gatewright::runtime {
namespace {

Error Overloaded() {
  return {ErrorCode::kUnavailable,
          "the engine has as many commands waiting as it takes, or is stopping; nothing was done, "
          "try again"};
}

Reply NoSuchRun(RunId run) {
  return RefusedReply(core::RefusalCode::kNotFound, fmt::format("there is no run {}", run.value));
}

Reply NoSuchWorkflow(const WorkflowName& name) {
  return RefusedReply(core::RefusalCode::kNotFound,
                      fmt::format("there is no workflow '{}'", name.value));
}

Prepared<core::ExtendDeadline> PrepareExtend(const ExtendRequest& request, const LoadedRun& loaded,
                                             const Asking&) {
  core::ExtendDeadline extend;
  extend.actor = request.actor;
  extend.stage = request.stage.value_or(loaded.run.current_stage);
  extend.epoch = request.epoch;
  extend.reason = request.reason;
  extend.expected = request.expected;
  const core::Stage* stage = loaded.run.FindStage(extend.stage);
  const bool has_deadline = stage != nullptr && stage->gate && stage->gate->deadline;
  extend.deadline =
      request.deadline.value_or(has_deadline ? *stage->gate->deadline + request.by : Time{});
  return extend;
}

Prepared<core::ReleaseGate> PrepareRelease(const ClaimRequest& request, const LoadedRun& loaded,
                                           const Asking&) {
  return core::ReleaseGate{request.actor, request.stage.value_or(loaded.run.current_stage),
                           request.expected};
}

}  // namespace

Reply FailedReply(Error error) {
  Reply reply;
  reply.kind = ReplyKind::kFailed;
  reply.error = std::move(error);
  return reply;
}

Reply RefusedReply(core::RefusalCode code, std::string detail) {
  Reply reply;
  reply.kind = ReplyKind::kRefused;
  reply.refusal = {code, std::move(detail)};
  return reply;
}

Asking Engine::Impl::MakeAsking() const {
  return {clock_.Now(), options_.approver_limit, surroundings_.site(), surroundings_.directory()};
}

// Before anything is checked again: the workflow may have changed since the first answer.
std::optional<Reply> Engine::Impl::FindRepeated(const std::optional<Idempotency>& idempotency) {
  if (!idempotency) return std::nullopt;
  const auto found = store_.FindAnswer(idempotency->key);
  if (!found) return FailedReply(found.error());
  // One whose answer is not known yet is the loop's affair.
  if (!*found || (*found)->status == kAnswerUnknown) return std::nullopt;
  return RepeatedAnswer(**found, *idempotency);
}

void Engine::Impl::Submit(Job job, Answer answer) {
  job.answer = answer;
  if (is_running_ && loop_.Submit(std::move(job))) return;
  ++refused_full_;
  answer(FailedReply(Overloaded()));
}

Reply Engine::Impl::SubmitAndWait(Job job) {
  std::promise<Reply> promise;
  Submit(std::move(job), [&promise](Reply reply) { promise.set_value(std::move(reply)); });
  return promise.get_future().get();
}

void Engine::Impl::WithFacts(Errand errand) {
  if (auto repeated = FindRepeated(errand.idempotency)) return errand.answer(*std::move(repeated));
  const auto found = runs_.Load(errand.run);
  if (!found) return errand.answer(FailedReply(found.error()));
  if (*found == nullptr) return errand.answer(NoSuchRun(errand.run));
  const auto shared = std::make_shared<const Errand>(std::move(errand));
  if ((*found)->revision->has_only_pure_approvers) return PrepareAndSubmit(shared, **found);
  PrepareOnWorker(shared);
}

void Engine::Impl::PrepareAndSubmit(const std::shared_ptr<const Errand>& errand,
                                    const LoadedRun& loaded) {
  auto prepared = errand->prepare(loaded, MakeAsking());
  if (auto* reply = std::get_if<Reply>(&prepared)) return errand->answer(std::move(*reply));
  Job job;
  job.run = errand->run;
  job.command = std::get<core::Command>(std::move(prepared));
  job.idempotency = errand->idempotency;
  job.prepare_again = [this, errand] { PrepareOnWorker(errand); };
  Submit(std::move(job), errand->answer);
}

void Engine::Impl::PrepareOnWorker(const std::shared_ptr<const Errand>& errand) {
  const bool is_taken = workers_.Post([this, errand] {
    const auto loaded = runs_.Load(errand->run);
    if (!loaded) return errand->answer(FailedReply(loaded.error()));
    PrepareAndSubmit(errand, **loaded);
  });
  if (!is_taken) errand->answer(FailedReply(Overloaded()));
}

void Engine::Impl::Create(CreateRequest request, Answer answer) {
  if (auto repeated = FindRepeated(request.idempotency)) return answer(*std::move(repeated));
  RevisionPtr revision = workflows_.Current(request.workflow);
  if (revision == nullptr) return answer(NoSuchWorkflow(request.workflow));
  if (request.parent) {
    const auto parent = runs_.Load(*request.parent);
    if (!parent) return answer(FailedReply(parent.error()));
    if (*parent == nullptr) return answer(NoSuchRun(*request.parent));
  }
  auto prepared = PrepareCreate(request, *revision);
  if (auto* reply = std::get_if<Reply>(&prepared)) return answer(std::move(*reply));
  Job job;
  job.command = std::get<core::CreateRun>(std::move(prepared));
  job.revision = std::move(revision);
  job.idempotency = std::move(request.idempotency);
  Submit(std::move(job), std::move(answer));
}

void Engine::Impl::Resubmit(ResubmitRequest request, Answer answer) {
  const auto found = runs_.Load(request.run);
  if (!found) return answer(FailedReply(found.error()));
  if (*found == nullptr) return answer(NoSuchRun(request.run));
  const core::Run& old = (*found)->run;
  if (!old.is_finished()) {
    return answer(
        RefusedReply(core::RefusalCode::kNotPossible,
                     fmt::format("run {} is {}, not finished; a run is resubmitted after its end",
                                 old.id.value, ToString(old.status))));
  }
  const auto& expected = request.expected;
  if (expected.version && *expected.version != old.version) {
    return answer(
        RefusedReply(core::RefusalCode::kStaleVersion,
                     fmt::format("expected version {} of run {}, found version {}",
                                 expected.version->value, old.id.value, old.version.value)));
  }
  CreateRequest create;
  create.actor = std::move(request.actor);
  create.workflow = old.workflow;
  create.name = request.name.value_or(old.name);
  create.subject_json = request.subject_json.empty() ? old.subject_json : request.subject_json;
  create.not_before = request.not_before;
  create.parent = old.parent;
  create.resubmit_of = old.id;
  create.idempotency = std::move(request.idempotency);
  Create(std::move(create), std::move(answer));
}

void Engine::Impl::Migrate(MigrateRequest request, Answer answer) {
  if (auto repeated = FindRepeated(request.idempotency)) return answer(*std::move(repeated));
  const auto found = runs_.Load(request.run);
  if (!found) return answer(FailedReply(found.error()));
  if (*found == nullptr) return answer(NoSuchRun(request.run));
  const WorkflowName& name = (*found)->run.workflow;
  RevisionPtr target = request.to ? workflows_.Pinned(*request.to) : workflows_.Current(name);
  if (target == nullptr || target->workflow.name != name) {
    return answer(RefusedReply(core::RefusalCode::kNotFound,
                               fmt::format("workflow '{}' has no such version", name.value)));
  }
  auto prepared = PrepareMigrate(request, **found, *target);
  if (auto* reply = std::get_if<Reply>(&prepared)) return answer(std::move(*reply));
  Job job;
  job.run = request.run;
  job.command = std::get<core::MigrateRun>(std::move(prepared));
  job.revision = std::move(target);
  job.idempotency = std::move(request.idempotency);
  Submit(std::move(job), std::move(answer));
}

Result<RevisionPtr> Engine::Impl::Publish(PublishRequest request) {
  const std::lock_guard lock(publishing_);
  const WorkflowName name = request.workflow.name;
  const RevisionPtr current = workflows_.Current(name);
  if (current != nullptr && current->workflow.version == request.workflow.version) return current;
  ports::WorkflowRow row;
  row.name = name.value;
  row.revision = static_cast<std::int64_t>(workflows_.Revisions(name).size()) + 1;
  row.version = request.workflow.version.value;
  row.source = std::move(request.source);
  row.published_by = std::move(request.published_by);
  row.published_at = clock_.Now();
  auto revision = MakeRevision(std::move(request.workflow), row, plugins_, options_.read_secret);
  Job job;
  job.also.workflow = std::move(row);
  const Reply reply = SubmitAndWait(std::move(job));
  if (reply.kind != ReplyKind::kDone) return reply.error;
  workflows_.Add(revision);
  return revision;
}

Result<std::vector<RunId>> Engine::Impl::Retire(const WorkflowName& name) {
  const std::lock_guard lock(publishing_);
  if (workflows_.Current(name) == nullptr) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no workflow '{}'", name.value)};
  }
  ports::RunQuery query;
  query.workflow = name.value;
  query.statuses = {core::RunStatus::kWaiting, core::RunStatus::kExecuting,
                    core::RunStatus::kNeedsAttention, core::RunStatus::kBlocked};
  GW_TRY(page, store_.ListRuns(query));
  std::vector<RunId> open;
  for (const ports::RunRow& row : page.rows) open.push_back(row.id);
  if (!open.empty() || page.next_before.value > 0) return open;
  Job job;
  job.also.retire_workflow = name.value;
  const Reply reply = SubmitAndWait(std::move(job));
  if (reply.kind != ReplyKind::kDone) return reply.error;
  workflows_.Retire(name);
  return open;
}

void Engine::Create(CreateRequest request, Answer answer) {
  impl_->Create(std::move(request), std::move(answer));
}
void Engine::Resubmit(ResubmitRequest request, Answer answer) {
  impl_->Resubmit(std::move(request), std::move(answer));
}
void Engine::Vote(VoteRequest request, Answer answer) {
  impl_->WithFacts(std::move(request), PrepareVote, std::move(answer));
}
void Engine::ChangeSubject(SubjectRequest request, Answer answer) {
  const auto prepare = [](const SubjectRequest& one, const LoadedRun& loaded, const Asking&) {
    return PrepareSubject(one, loaded);
  };
  impl_->WithFacts(std::move(request), prepare, std::move(answer));
}
void Engine::Claim(ClaimRequest request, Answer answer) {
  impl_->WithFacts(std::move(request), PrepareClaim, std::move(answer));
}
void Engine::Release(ClaimRequest request, Answer answer) {
  impl_->WithFacts(std::move(request), PrepareRelease, std::move(answer));
}
void Engine::Extend(ExtendRequest request, Answer answer) {
  impl_->WithFacts(std::move(request), PrepareExtend, std::move(answer));
}
void Engine::Override(OverrideRequest request, Answer answer) {
  impl_->WithFacts(std::move(request), PrepareOverride, std::move(answer));
}
void Engine::Migrate(MigrateRequest request, Answer answer) {
  impl_->Migrate(std::move(request), std::move(answer));
}
void Engine::Cancel(CancelRequest request, Answer answer) {
  core::CancelRun cancel{std::move(request.actor), std::move(request.reason),
                         std::move(request.expected)};
  impl_->Simple(request, std::move(cancel), std::move(answer));
}
void Engine::Resolve(ResolveRequest request, Answer answer) {
  core::ResolveIncident resolve{std::move(request.actor), request.resolution,
                                std::move(request.reason), std::move(request.expected)};
  impl_->Simple(request, std::move(resolve), std::move(answer));
}
void Engine::Retry(RetryRequest request, Answer answer) {
  core::RetryRun retry{std::move(request.actor), std::move(request.reason),
                       std::move(request.expected)};
  impl_->Simple(request, std::move(retry), std::move(answer));
}
void Engine::RollBack(RollbackRequest request, Answer answer) {
  core::RollBackRun back{std::move(request.actor), std::move(request.reason),
                         std::move(request.expected)};
  impl_->Simple(request, std::move(back), std::move(answer));
}
void Engine::Change(SiteRequest request, Answer answer) {
  Job job;
  job.site_command = std::move(request.command);
  job.idempotency = std::move(request.idempotency);
  impl_->Submit(std::move(job), std::move(answer));
}
Result<RevisionPtr> Engine::Publish(PublishRequest request) {
  return impl_->Publish(std::move(request));
}
Result<std::vector<RunId>> Engine::Retire(const WorkflowName& name) { return impl_->Retire(name); }

void Engine::CompleteAnswer(ports::AnswerRow row, std::function<void(Result<void>)> done) {
  Job job;
  job.also.answer = std::move(row);
  impl_->Submit(std::move(job), [done = std::move(done)](const Reply& reply) {
    done(reply.kind == ReplyKind::kDone ? Result<void>() : Result<void>(reply.error));
  });
}

}  // namespace gatewright::runtime
