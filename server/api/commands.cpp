#include "server/api/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/codec/views.h"
#include "server/api/conditions.h"
#include "server/api/idempotency.h"
#include "server/api/problems.h"

namespace gatewright::api {
namespace {

// What is remembered of a request until its answer is sent. Immutable.
struct Pending {
  runtime::Engine& engine;
  http::Responder responder;
  std::string request_id;
  RunView view;
  bool is_create;
  Duration wait;
  std::optional<IdempotencyDigests> digests;
};
using PendingPtr = std::shared_ptr<const Pending>;

bool IsExecuting(const core::Run& run) { return run.status == core::RunStatus::kExecuting; }

bool MustWait(const Pending& pending, const runtime::Reply& reply) {
  return reply.kind == runtime::ReplyKind::kDone && pending.wait > Duration::zero() &&
         IsExecuting(*reply.run);
}

http::Response RespondDone(const Pending& pending, const core::Run& run, bool has_changed) {
  const auto changed = pending.is_create ? std::nullopt : std::optional(has_changed);
  http::Response response;
  response.status = pending.is_create ? 201 : IsExecuting(run) ? 202 : 200;
  std::string_view path = "/deployments/";
  if (pending.view == RunView::kDeployment) {
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

http::Response RespondFailed(const Pending& pending, const Error& error) {
  if (pending.digests && error.code == ErrorCode::kConflict) {
    http::Response response = http::Problem(
        409, "idempotency_in_progress",
        "the first request with this Idempotency-Key is still being carried out; ask again");
    response.headers.push_back({"Retry-After", "1"});
    return response;
  }
  if (pending.digests && error.code == ErrorCode::kInvalid) {
    return http::Problem(
        422, "idempotency_key_reused",
        "this Idempotency-Key was used for another request (method, path, caller or body differ); "
        "use a new key for a new request");
  }
  return Failed(error);
}

// The same bytes for the caller and for the store.
http::Response Respond(const Pending& pending, const runtime::Reply& reply) {
  http::Response response;
  switch (reply.kind) {
    case runtime::ReplyKind::kDone:
      response = RespondDone(pending, *reply.run, reply.changed);
      break;
    case runtime::ReplyKind::kRefused:
      response = Refuse(reply.refusal, reply.run.get());
      break;
    case runtime::ReplyKind::kInvalid:
      response = Invalid(reply.problems);
      break;
    case runtime::ReplyKind::kFailed:
      response = RespondFailed(pending, reply.error);
      break;
    case runtime::ReplyKind::kReplayed:
      return FromAnswerRow(reply.stored);
  }
  if (pending.digests) FixRequestId(response, pending.request_id);
  return response;
}

ports::AnswerRow Keep(const Pending& pending, const runtime::Reply& reply) {
  if (!MustWait(pending, reply)) return ToAnswerRow(*pending.digests, Respond(pending, reply));
  ports::AnswerRow unknown;
  unknown.key = pending.digests->key;
  unknown.fingerprint = pending.digests->fingerprint;
  return unknown;
}

// The action has ended, or the caller has waited long enough.
void AnswerAfterWait(const PendingPtr& pending, const core::Run& run, bool has_changed) {
  http::Response response = RespondDone(*pending, run, has_changed);
  if (!pending->digests) return pending->responder.Send(std::move(response));
  ports::AnswerRow row = ToAnswerRow(*pending->digests, response);
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
    pending->responder.Answer([pending, shared] { return Respond(*pending, *shared); });
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

Outcome Submit(Call& call, Submission submission) {
  GW_TRY(digests, ReadIdempotency(call.request, call.caller, submission.idempotency));
  auto pending = std::make_shared<const Pending>(
      Pending{call.engine(), call.responder, call.request.request_id, submission.view,
              submission.is_create, submission.wait, std::move(digests)});
  std::optional<runtime::Idempotency> idempotency;
  if (pending->digests) {
    idempotency = runtime::Idempotency{
        pending->digests->key, pending->digests->fingerprint,
        [pending](const runtime::Reply& reply) { return Keep(*pending, reply); }};
  }
  submission.send(std::move(idempotency),
                  [pending](runtime::Reply reply) { AnswerReply(pending, std::move(reply)); });
  return std::nullopt;
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
