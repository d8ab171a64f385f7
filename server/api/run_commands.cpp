// The commands on a run. Each has a body of its own, and all of them take Idempotency-Key, If-Match
// and ?wait.
#include "engine/codec/run_requests.h"
#include "server/api/body.h"
#include "server/api/commands.h"
#include "server/api/lists.h"
#include "server/api/parameters.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

template <class Request>
using Send = void (runtime::Engine::*)(Request, runtime::Answer);

// `read` reads the body, `fill` moves it into the request, `send` is the engine's function.
template <class Request, class Read, class Fill>
Outcome Command(Call& call, Read read, Fill fill, Send<Request> send, bool is_create = false) {
  GW_TRY(run, PathRun(call.request));
  GW_TRY(body, ReadBody(call.request, read));
  GW_TRY(wait,
         QueryDuration(call.request, "wait", Duration::zero(), call.api.options().longest_wait));
  GW_TRY(expected, WithIfMatch(call, run, std::move(body.expected)));
  Request request;
  request.actor = call.caller;
  request.run = run;
  request.expected = std::move(expected);
  fill(request, std::move(body));
  if constexpr (std::is_same_v<Request, runtime::VoteRequest>) {
    const bool names_gate = request.stage.has_value() && request.epoch.has_value();
    if (auto refusal =
            RefuseBlindApproval(call.api, request.choice, request.expected, names_gate)) {
      return refusal;
    }
  }
  Submission submission;
  submission.is_create = is_create;
  submission.wait = wait;
  submission.send = [&call, &request, send](auto idempotency, runtime::Answer answer) {
    request.idempotency = std::move(idempotency);
    (call.engine().*send)(std::move(request), std::move(answer));
  };
  return Submit(call, std::move(submission));
}

void FillVote(runtime::VoteRequest& request, codec::VoteBody body) {
  request.stage = std::move(body.stage);
  request.epoch = body.epoch;
  request.choice = body.choice;
  request.comment = std::move(body.comment);
  request.form_json = std::move(body.form_json);
  request.on_behalf_of = std::move(body.on_behalf_of);
}

Outcome Vote(Call& call) {
  return Command(call, codec::ReadVoteBody, FillVote, &runtime::Engine::Vote);
}

CallHandler ShortVote(core::Choice choice) {
  return [choice](Call& call) {
    const auto read = [choice](std::string_view json) {
      return codec::ReadShortVoteBody(json, choice);
    };
    return Command(call, read, FillVote, &runtime::Engine::Vote);
  };
}

// Of commands that need no more than a reason.
constexpr auto kFillReason = [](auto& request, auto body) {
  request.reason = std::move(body.reason);
};

Outcome Cancel(Call& call) {
  return Command(call, codec::ReadCancelBody, kFillReason, &runtime::Engine::Cancel);
}

Outcome Retry(Call& call) {
  return Command(call, codec::ReadRetryBody, kFillReason, &runtime::Engine::Retry);
}

Outcome RollBack(Call& call) {
  return Command(call, codec::ReadForceBody, kFillReason, &runtime::Engine::RollBack);
}

Outcome Resolve(Call& call) {
  const auto fill = [](runtime::ResolveRequest& request, codec::ResolveBody body) {
    request.resolution = body.resolution;
    request.reason = std::move(body.reason);
  };
  return Command(call, codec::ReadResolveBody, fill, &runtime::Engine::Resolve);
}

Outcome ChangeSubject(Call& call) {
  const auto fill = [](runtime::SubjectRequest& request, codec::SubjectBody body) {
    request.subject_json = std::move(body.subject_json);
    request.reason = std::move(body.reason);
  };
  return Command(call, codec::ReadSubjectBody, fill, &runtime::Engine::ChangeSubject);
}

Outcome Resubmit(Call& call) {
  const auto fill = [](runtime::ResubmitRequest& request, codec::ResubmitBody body) {
    request.name = std::move(body.name);
    request.subject_json = std::move(body.subject_json);
    request.not_before = body.not_before;
  };
  return Command(call, codec::ReadResubmitBody, fill, &runtime::Engine::Resubmit, true);
}

Outcome SubmitDraft(Call& call) {
  const auto fill = [](runtime::SubmitRequest&, codec::PlainBody) {};
  return Command(call, codec::ReadSubmitBody, fill, &runtime::Engine::SubmitDraft);
}

CallHandler ClaimOrRelease(Send<runtime::ClaimRequest> send) {
  return [send](Call& call) {
    const auto fill = [](runtime::ClaimRequest& request, codec::ClaimBody body) {
      request.stage = std::move(body.stage);
      request.epoch = body.epoch;
    };
    return Command(call, codec::ReadClaimBody, fill, send);
  };
}

Outcome Extend(Call& call) {
  const auto fill = [](runtime::ExtendRequest& request, codec::ExtendBody body) {
    request.stage = std::move(body.stage);
    request.epoch = body.epoch;
    request.deadline = body.deadline;
    request.by = body.by.value_or(Duration::zero());
    request.reason = std::move(body.reason);
  };
  return Command(call, codec::ReadExtendBody, fill, &runtime::Engine::Extend);
}

Outcome Override(Call& call) {
  const auto fill = [](runtime::OverrideRequest& request, codec::OverrideBody body) {
    request.kind = body.kind;
    request.reason = std::move(body.reason);
  };
  return Command(call, codec::ReadOverrideBody, fill, &runtime::Engine::Override);
}

Outcome Migrate(Call& call) {
  const auto fill = [](runtime::MigrateRequest& request, codec::MigrateBody body) {
    request.to = WorkflowVersion(std::move(body.to));
    request.stages = std::move(body.map);
  };
  return Command(call, codec::ReadMigrateBody, fill, &runtime::Engine::Migrate);
}

}  // namespace

void MountRunCommands(Routes& routes) {
  using access::Verb;
  const RouteRules command{.query = {"wait"}, .answer_time = AnswerTime(routes.api().options())};
  const auto post = [&](std::string_view name, access::Verb verb, CallHandler handler) {
    routes.Post("/api/v1/runs/:id/" + std::string(name), Access::To(verb, RunOfPath), command,
                std::move(handler));
  };
  post("votes", Verb::kVote, Vote);
  post("approve", Verb::kVote, ShortVote(core::Choice::kApprove));
  post("reject", Verb::kVote, ShortVote(core::Choice::kReject));
  post("cancel", Verb::kCancel, Cancel);
  post("resolve", Verb::kExecute, Resolve);
  post("retry", Verb::kExecute, Retry);
  post("rollback", Verb::kExecute, RollBack);
  post("resubmit", Verb::kRequest, Resubmit);
  post("submit", Verb::kRequest, SubmitDraft);
  post("claim", Verb::kVote, ClaimOrRelease(&runtime::Engine::Claim));
  post("release", Verb::kVote, ClaimOrRelease(&runtime::Engine::Release));
  post("extend", Verb::kOperate, Extend);
  post("override", Verb::kOverride, Override);
  post("migrate", Verb::kPublish, Migrate);
  routes.Patch("/api/v1/runs/:id/subject", Access::To(Verb::kRequest, RunOfPath), command,
               ChangeSubject);
}

}  // namespace gatewright::api
