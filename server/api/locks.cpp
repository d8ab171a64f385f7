// Locks: who holds which, who stands in line and why, and taking one away on purpose.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "engine/codec/json_writer.h"
#include "engine/codec/run_requests.h"
#include "engine/codec/views.h"
#include "server/api/body.h"
#include "server/api/commands.h"
#include "server/api/lists.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

Outcome ListLocks(Call& call) {
  std::string body;
  codec::OpenPage(body);
  call.engine().surroundings().Look([&body](const core::World& world) {
    for (const std::string& key : world.locks->Keys()) {
      codec::AppendLock(body, key, world.locks->Claims(key));
    }
  });
  codec::ClosePage(body);
  return AnswerList(call.request, std::move(body));
}

std::vector<core::LockClaim> ClaimsOn(const runtime::Engine& engine, const std::string& key) {
  return engine.surroundings().Look(
      [&key](const core::World& world) { return world.locks->Claims(key); });
}

// A claim in line, and what it waits for: another key of the same run may be the reason.
struct Queued {
  core::LockClaim claim;
  core::LockObstacle here;   // at this key alone
  core::LockObstacle cause;  // at all of the run's keys
};

std::vector<Queued> QueueOf(runtime::Engine& engine, const std::string& key,
                            const std::vector<core::LockClaim>& claims) {
  std::vector<Queued> queue;
  for (const core::LockClaim& claim : claims) {
    if (claim.is_held) continue;
    Queued queued{claim, {}, {}};
    const auto run = engine.GetRun(claim.run);
    if (run && *run != nullptr) {
      engine.surroundings().Look([&](const core::World& world) {
        const auto obstacle = [&](const std::vector<std::string>& keys) {
          return world.locks->Obstacle(claim.run, (*run)->parent, keys, claim.ticket, claim.mode,
                                       claim.limit);
        };
        queued.here = obstacle({key});
        queued.cause = obstacle((*run)->locks.keys);
      });
    }
    queue.push_back(std::move(queued));
  }
  std::ranges::stable_sort(queue, {}, [](const Queued& queued) { return queued.here.position; });
  return queue;
}

// As AppendLock, with how long it has been so.
void WriteClaim(codec::JsonWriter& json, const core::LockClaim& claim, Time now) {
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - claim.since).count();
  json.Key("run_id").Integer(claim.run.value);
  json.Key("ticket").Integer(claim.ticket);
  json.Key("mode").Word(ToString(claim.mode));
  json.Key("limit").Integer(claim.limit);
  json.Key("since").Moment(claim.since);
  json.Key("age_seconds").Integer(std::max<std::int64_t>(age, 0));
}

void WriteCause(codec::JsonWriter& json, const core::LockObstacle& cause) {
  json.Key("waits_for");
  if (cause.is_none()) {
    json.Null();
    return;
  }
  json.OpenObject();
  json.Key("key").Text(cause.key);
  json.Key("run_id").Integer(cause.by.value);
  json.Key("detail").Text(
      fmt::format("run {} has '{}' or is before it in line", cause.by.value, cause.key));
  json.CloseObject();
}

http::Response ShowLock(runtime::Engine& engine, const std::string& key) {
  const auto claims = ClaimsOn(engine, key);
  const Time now = engine.Now();
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject();
  json.Key("key").Text(key);
  json.Key("holders").OpenArray();
  for (const core::LockClaim& claim : claims) {
    if (!claim.is_held) continue;
    json.OpenObject();
    WriteClaim(json, claim, now);
    json.CloseObject();
  }
  json.CloseArray();
  json.Key("queue").OpenArray();
  std::int64_t position = 0;
  for (const Queued& queued : QueueOf(engine, key, claims)) {
    json.OpenObject();
    WriteClaim(json, queued.claim, now);
    json.Key("position").Integer(++position);
    WriteCause(json, queued.cause);
    json.CloseObject();
  }
  json.CloseArray().CloseObject();
  return Json(200, std::move(body));
}

// The runs in line may have to be read from the database.
Outcome GetLock(Call& call) {
  return AnswerInBackground(
      call, [](ApiContext& api, const http::Request& request, const core::Principal&) {
        return ShowLock(api.engine(), std::string(request.Param("key")));
      });
}

runtime::Reply NotOneHolder(const std::string& key, const std::vector<std::int64_t>& holders) {
  runtime::Reply reply;
  reply.kind = runtime::ReplyKind::kRefused;
  reply.refusal.code = core::RefusalCode::kNotPossible;
  reply.refusal.detail =
      holders.empty()
          ? fmt::format("expected a run that holds the lock '{}', found none", key)
          : fmt::format("the lock '{}' is held by runs {}: override one of them, kind lock", key,
                        fmt::join(holders, ", "));
  return reply;
}

// An override on whichever run holds the lock. Without exactly one holder there is still the
// question whether this very request was answered before: the engine is asked about no run then.
Outcome Release(Call& call) {
  GW_TRY(body, ReadBody(call.request, codec::ReadForceBody));
  const std::string key(call.request.Param("key"));
  std::vector<std::int64_t> holders;
  for (const core::LockClaim& claim : ClaimsOn(call.engine(), key)) {
    if (claim.is_held) holders.push_back(claim.run.value);
  }
  constexpr RunId kNoRun{std::numeric_limits<std::int64_t>::max()};
  runtime::OverrideRequest request;
  request.actor = call.caller;
  request.run = holders.size() == 1 ? RunId(holders.front()) : kNoRun;
  request.kind = core::OverrideKind::kLock;
  request.reason = std::move(body.reason);
  request.expected = std::move(body.expected);
  Submission submission;
  submission.send = [&](auto idempotency, runtime::Answer answer) {
    request.idempotency = std::move(idempotency);
    const bool is_nobodys = request.run == kNoRun;
    call.engine().Override(std::move(request), [is_nobodys, key, holders,
                                                answer = std::move(answer)](runtime::Reply reply) {
      const bool is_refused = reply.kind == runtime::ReplyKind::kRefused;
      answer(is_nobodys && is_refused ? NotOneHolder(key, holders) : std::move(reply));
    });
  };
  return Submit(call, std::move(submission));
}

}  // namespace

void MountLocks(Routes& routes) {
  routes.Get("/api/v1/locks", Access::To(access::Verb::kView, Everywhere), {}, ListLocks);
  routes.Get("/api/v1/locks/:key", Access::To(access::Verb::kView, Everywhere), {}, GetLock);
  routes.Post("/api/v1/locks/:key/release", Access::To(access::Verb::kOverride, Everywhere), {},
              Release);
}

}  // namespace gatewright::api
