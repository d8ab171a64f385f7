// Many votes in one request. Each is a command of its own, so that one that is refused does not
// touch the others; the answers are collected wherever the engine gives them.
#include <fmt/format.h>

#include <atomic>
#include <memory>

#include "engine/codec/digest.h"
#include "engine/codec/json_writer.h"
#include "server/api/body.h"
#include "server/api/commands.h"
#include "server/api/parts.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

// The request until its last vote is answered. Every vote has a place that nobody else writes.
struct Ballot {
  Ballot(http::Responder the_responder, std::string the_request_id, std::size_t size)
      : responder(std::move(the_responder)),
        request_id(std::move(the_request_id)),
        runs(size),
        answers(size),
        missing(size) {}

  http::Responder responder;
  std::string request_id;
  std::vector<RunId> runs;
  std::vector<http::Response> answers;
  std::atomic<std::size_t> missing;
};

http::Response Collect(const Ballot& ballot) {
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject().Key("results").OpenArray();
  for (std::size_t i = 0; i < ballot.answers.size(); ++i) {
    const http::Response& answer = ballot.answers[i];
    json.OpenObject();
    json.Key("run").Integer(ballot.runs[i].value);
    json.Key("status").Integer(answer.status);
    json.Key(answer.status < 300 ? "result" : "problem").Raw(answer.body);
    json.CloseObject();
  }
  json.CloseArray().CloseObject();
  return Json(200, std::move(body));
}

void Put(const std::shared_ptr<Ballot>& ballot, std::size_t place, http::Response answer) {
  FixRequestId(answer, ballot->request_id);
  ballot->answers[place] = std::move(answer);
  if (ballot->missing.fetch_sub(1) == 1) ballot->responder.Send(Collect(*ballot));
}

runtime::VoteRequest RequestOf(const core::Principal& caller, codec::BulkVote item) {
  runtime::VoteRequest request;
  request.actor = caller;
  request.run = item.run;
  request.stage = std::move(item.vote.stage);
  request.epoch = item.vote.epoch;
  request.choice = item.vote.choice;
  request.comment = std::move(item.vote.comment);
  request.expected = std::move(item.vote.expected);
  request.form_json = std::move(item.vote.form_json);
  request.on_behalf_of = std::move(item.vote.on_behalf_of);
  return request;
}

// The key of one vote: the request's, and the place of the vote in it.
std::optional<IdempotencyDigests> DigestsOf(const std::optional<IdempotencyDigests>& all,
                                            std::size_t place) {
  if (!all) return std::nullopt;
  return IdempotencyDigests{codec::Sha256Hex({all->key, "\n", fmt::to_string(place)}),
                            all->fingerprint};
}

// The route has asked for the verb somewhere; here it is asked for where each vote is.
Outcome RefuseOneVote(Call& call, const codec::BulkVote& item) {
  if (!call.api.parts().sign_in.is_on()) return std::nullopt;
  const bool names_gate = item.vote.stage.has_value() && item.vote.epoch.has_value();
  if (auto refusal =
          RefuseBlindApproval(call.api, item.vote.choice, item.vote.expected, names_gate)) {
    return refusal;
  }
  const auto run = call.engine().GetRun(item.run);
  if (!run) return Failed(run.error());
  if (!*run) return NoSuchRun(fmt::to_string(item.run.value));
  return RefuseVerb(
      call.api, call.identity, access::Verb::kVote,
      ResourceOf(call.api, **run, item.vote.stage ? item.vote.stage->value : std::string()));
}

Outcome VoteOnMany(Call& call) {
  GW_TRY(body, ReadBody(call.request, codec::ReadBulkVoteBody));
  GW_TRY(digests, ReadIdempotency(call.request, call.caller, std::nullopt));
  const auto ballot =
      std::make_shared<Ballot>(call.responder, call.request.request_id, body.votes.size());
  for (std::size_t i = 0; i < body.votes.size(); ++i) ballot->runs[i] = body.votes[i].run;
  for (std::size_t i = 0; i < body.votes.size(); ++i) {
    auto rendering = std::make_shared<Rendering>();
    rendering->request_id = call.request.request_id;
    rendering->digests = DigestsOf(digests, i);
    if (auto refusal = RefuseOneVote(call, body.votes[i])) {
      Put(ballot, i, *std::move(refusal));
      continue;
    }
    runtime::VoteRequest request = RequestOf(call.caller, std::move(body.votes[i]));
    if (rendering->digests) {
      request.idempotency =
          runtime::Idempotency{rendering->digests->key, rendering->digests->fingerprint,
                               [rendering](const runtime::Reply& reply) {
                                 return ToAnswerRow(*rendering->digests, Render(*rendering, reply));
                               }};
    }
    call.engine().Vote(std::move(request), [ballot, rendering, i](const runtime::Reply& reply) {
      Put(ballot, i, Render(*rendering, reply));
    });
  }
  return std::nullopt;
}

}  // namespace

void MountVotes(Routes& routes) {
  routes.Post("/api/v1/votes", Access::To(access::Verb::kVote, Somewhere), {}, VoteOnMany);
}

}  // namespace gatewright::api
