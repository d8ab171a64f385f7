#include "server/api/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/codec/views.h"
#include "server/api/conditions.h"
#include "server/api/parts.h"
#include "server/api/problems.h"

namespace gatewright::api {
namespace {

// What is remembered of a request until its answer is sent. Immutable.
struct Pending {
  runtime::Engine& engine;
  http::Responder responder;
  Duration wait;
  Rendering rendering;
};
using PendingPtr = std::shared_ptr<const Pending>;

bool IsExecuting(const core::Run& run) { return run.status == core::RunStatus::kExecuting; }

bool MustWait(const Pending& pending, const runtime::Reply& reply) {
  return reply.kind == runtime::ReplyKind::kDone && pending.wait > Duration::zero() &&
         reply.run != nullptr && IsExecuting(*reply.run);
}

http::Response RespondDone(const Rendering& rendering, const core::Run& run, bool has_changed) {
  const auto changed = rendering.is_create ? std::nullopt : std::optional(has_changed);
  http::Response response;
  response.status = rendering.is_create ? 201 : IsExecuting(run) ? 202 : 200;
  std::string_view path = "/deployments/";
  if (rendering.view == RunView::kDeployment) {
    codec::AppendDeployment(response.body, codec::SummaryOf(run), changed);
  } else {
    codec::AppendRunSummary(response.body, codec::SummaryOf(run), changed);
    path = "/api/v1/runs/";
  }
  if (response.status != 200) {
    response.headers.push_back({"Location", fmt::format("{}{}", path, run.id.value)});
  }
  response.headers.push_back({"ETag", RunTag(run.id, run.version)});
  return response;
}

http::Response RespondFailed(const Rendering& rendering, const Error& error) {
  if (rendering.digests && error.code == ErrorCode::kConflict) {
    http::Response response = http::Problem(
        409, "idempotency_in_progress",
        "the first request with this Idempotency-Key is still being carried out; ask again");
    response.headers.push_back({"Retry-After", "1"});
    return response;
  }
  if (rendering.digests && error.code == ErrorCode::kInvalid) {
    return http::Problem(
        422, "idempotency_key_reused",
        "this Idempotency-Key was used for another request (method, path, caller or body differ); "
        "use a new key for a new request");
  }
  return Failed(error);
}

ports::AnswerRow Keep(const Pending& pending, const runtime::Reply& reply) {
  if (!MustWait(pending, reply)) {
    return ToAnswerRow(*pending.rendering.digests, Render(pending.rendering, reply));
  }
  ports::AnswerRow unknown;
  unknown.key = pending.rendering.digests->key;
  unknown.fingerprint = pending.rendering.digests->fingerprint;
  return unknown;
}

// The action has ended, or the caller has waited long enough.
void AnswerAfterWait(const PendingPtr& pending, const core::Run& run, bool has_changed) {
  http::Response response = RespondDone(pending->rendering, run, has_changed);
  if (!pending->rendering.digests) return pending->responder.Send(std::move(response));
  ports::AnswerRow row = ToAnswerRow(*pending->rendering.digests, response);
  row.at = pending->engine.Now();
  // The command is on disk whether or not its answer could be kept.
  pending->engine.CompleteAnswer(std::move(row),
                                 [pending, response = std::move(response)](const Result<void>&) {
                                   pending->responder.Send(response);
                                 });
}

void AnswerReply(const PendingPtr& pending, runtime::Reply reply) {
  auto shared = std::make_shared<const runtime::Reply>(std::move(reply));
  if (!MustWait(*pending, *shared)) {
    pending->responder.Answer([pending, shared] { return Render(pending->rendering, *shared); });
    return;
  }
  pending->engine.WaitFor(
      shared->run->id, [](const core::Run& run) { return !IsExecuting(run); },
      pending->engine.Now() + pending->wait,
      [pending, shared](const std::shared_ptr<const core::Run>& run) {
        AnswerAfterWait(pending, run ? *run : *shared->run, shared->changed);
      });
}

http::Response NoVersionMatches(RunId id, const std::shared_ptr<const core::Run>& run) {
  if (!run) return NoSuchRun(fmt::to_string(id.value));
  return Refuse({core::RefusalCode::kStaleVersion,
                 fmt::format("If-Match names no version of run {}, which is at version {} with "
                             "ETag {}; only strong tags can match",
                             id.value, run->version.value, RunTag(run->id, run->version))},
                run.get());
}

}  // namespace

http::Response Render(const Rendering& rendering, const runtime::Reply& reply) {
  http::Response response;
  switch (reply.kind) {
    case runtime::ReplyKind::kDone:
      response = rendering.done ? rendering.done(reply)
                                : RespondDone(rendering, *reply.run, reply.changed);
      break;
    case runtime::ReplyKind::kRefused:
      response = Refuse(reply.refusal, reply.run.get());
      break;
    case runtime::ReplyKind::kInvalid:
      response = Invalid(reply.problems);
      break;
    case runtime::ReplyKind::kFailed:
      response = RespondFailed(rendering, reply.error);
      break;
    case runtime::ReplyKind::kReplayed:
      return FromAnswerRow(reply.stored);
  }
  if (rendering.digests) FixRequestId(response, rendering.request_id);
  return response;
}

Outcome Submit(Call& call, Submission submission) {
  GW_TRY(digests, ReadIdempotency(call.request, call.caller, submission.idempotency));
  auto pending = std::make_shared<const Pending>(
      Pending{call.engine(), call.responder, submission.wait,
              Rendering{submission.view, submission.is_create, call.request.request_id,
                        std::move(digests), std::move(submission.done)}});
  std::optional<runtime::Idempotency> idempotency;
  if (const auto& made = pending->rendering.digests) {
    idempotency = runtime::Idempotency{
        made->key, made->fingerprint,
        [pending](const runtime::Reply& reply) { return Keep(*pending, reply); }};
  }
  submission.send(std::move(idempotency),
                  [pending](runtime::Reply reply) { AnswerReply(pending, std::move(reply)); });
  return std::nullopt;
}

Outcome RefuseBlindApproval(ApiContext& api, core::Choice choice, const core::Expectation& expected,
                            bool names_gate) {
  if (!api.parts().sign_in.is_on() || choice != core::Choice::kApprove) return std::nullopt;
  if (expected.state || expected.version || names_gate) return std::nullopt;
  return http::Problem(428, "precondition_needed",
                       "an approval has to say which state was seen: expected expected_state or "
                       "stage and epoch in the body, or the header If-Match");
}

Checked<core::Expectation> WithIfMatch(Call& call, RunId run, core::Expectation expected) {
  GW_TRY(tags, ReadEntityTags(call.request, "If-Match"));
  if (!tags || tags->any) return expected;
  const auto versions = VersionsOf(*tags, run);
  if (versions.size() == 1) {
    expected.version = versions.front();
    return expected;
  }
  // Several may match; the run's own version decides which one the command has to meet.
  auto found = call.engine().GetRun(run);
  if (!found) return Failed(found.error());
  const auto now = *std::move(found);
  if (!now || std::ranges::find(versions, now->version) == versions.end()) {
    return NoVersionMatches(run, now);
  }
  expected.version = now->version;
  return expected;
}

}  // namespace gatewright::api
