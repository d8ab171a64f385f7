// The live feed, as Server-Sent Events or through a WebSocket, with the position in the log as the
// id of each event. A subscriber resumes by Last-Event-ID or ?since= and gets every entry after it
// exactly once.
#include <fmt/format.h>

#include "server/api/lists.h"
#include "server/api/origin.h"
#include "server/api/parameters.h"
#include "server/api/parts.h"
#include "server/api/problems.h"
#include "server/api/resources.h"
#include "server/http/web_socket.h"

namespace gatewright::api {
namespace {

constexpr std::string_view kRetry = "retry: 3000\n";

// Where the caller wants to go on; nothing = from now.
Checked<std::optional<std::int64_t>> ReadSince(const http::Request& request) {
  const std::string_view last = request.Get("Last-Event-ID");
  const auto asked = last.empty() ? request.Query("since") : std::optional(last);
  if (!asked) return std::optional<std::int64_t>();
  const auto value = ParseCanonicalInteger(*asked);
  if (value) return value;
  if (last.empty()) return BadParameter("since", "a position in the log, 0 for all", *asked);
  return http::Problem(400, "invalid_header",
                       "Last-Event-ID: expected the id of an event of this feed");
}

// What opens the stream: where it starts, so that a caller that loses the connection before the
// first event can resume; and `reset` when what was asked for is not in this log.
std::string Opening(std::int64_t cursor, std::optional<std::int64_t> since) {
  if (!since || *since <= cursor) return fmt::format("{}id: {}\n\n", kRetry, cursor);
  return fmt::format(
      "{}id: {}\nevent: reset\n"
      "data: {{\"position\":{},\"detail\":\"position {} is not in this log, which ends at {}: "
      "read the state again\"}}\n\n",
      kRetry, cursor, cursor, *since, cursor);
}

// The same as the first message of a WebSocket.
std::string OpeningMessage(std::int64_t cursor, std::optional<std::int64_t> since) {
  const bool is_reset = since && *since > cursor;
  return http::TextMessage(
      fmt::format(R"({{"id":{},"event":"{}"}})", cursor, is_reset ? "reset" : "open"));
}

// Asked for each frame: nothing more is sent to whoever has logged out, or lost a role. Who came in
// and when is for those that audit.
bool MaySee(ApiContext& api, const auth::Identity& caller, const http::Frame& frame) {
  if (!api.parts().sign_in.is_on()) return true;
  if (!api.parts().sign_in.IsGood(caller)) return false;
  access::Resource resource;
  resource.workflow = frame.workflow;
  if (frame.run_id != core::kSite.value) {
    const auto revision = api.engine().workflows().Current(WorkflowName(frame.workflow));
    if (revision) resource.labels = revision->workflow.labels;
    return DecideFor(api, caller, access::Verb::kView, resource).is_allowed;
  }
  const bool is_about_logins = frame.bytes->find("event: credential.") != std::string::npos ||
                               frame.bytes->find("event: session.") != std::string::npos;
  resource.is_somewhere = !is_about_logins;
  const auto verb = is_about_logins ? access::Verb::kAudit : access::Verb::kView;
  return DecideFor(api, caller, verb, resource).is_allowed;
}

Outcome Subscribe(Call& call, bool as_messages) {
  if (as_messages) {
    // No browser asks before it opens one for a foreign page.
    if (auto refusal = RefuseOrigin(call.request, call.api.options().public_url)) return refusal;
    if (auto refusal = http::RefuseUpgrade(call.request)) return refusal;
  }
  GW_TRY(since, ReadSince(call.request));
  const auto run = call.request.Query("run");
  const auto run_id = run ? ParseCanonicalInteger(*run) : std::nullopt;
  if (run && (!run_id || *run_id < 1)) return BadParameter("run", "the id of a run", *run);
  if (run_id) {
    GW_TRY(found, FindRun(call, RunId(*run_id)));
  }
  auto& subscribers = call.api.parts().subscribers;
  // Before the log is looked at: what is committed after that is published.
  ++subscribers;
  const auto head = call.engine().Head();
  if (!head) {
    --subscribers;
    return Failed(head.error());
  }

  http::Subscription subscription;
  subscription.head = head->value;
  subscription.cursor = since ? std::min(*since, head->value) : head->value;
  if (run_id) {
    subscription.matches = [id = *run_id](const http::Frame& frame) { return frame.run_id == id; };
  }
  if (call.api.parts().sign_in.is_on()) {
    subscription.matches = [&api = call.api, caller = call.identity,
                            rest = std::move(subscription.matches)](const http::Frame& frame) {
      return (!rest || rest(frame)) && MaySee(api, caller, frame);
    };
  }
  subscription.as_messages = as_messages;
  http::Response opening;
  opening.content_type = "text/event-stream";
  opening.body = as_messages ? OpeningMessage(subscription.cursor, since)
                             : Opening(subscription.cursor, since);
  call.responder.Subscribe(std::move(opening), std::move(subscription),
                           [&subscribers] { --subscribers; });
  return std::nullopt;
}

// A feed of everything needs no more than some of it: each frame is looked at.
Checked<access::Resource> Subscribed(ApiContext& api, const http::Request& request) {
  return request.Query("run") ? RunOfQuery(api, request) : Somewhere(api, request);
}

}  // namespace

void MountEvents(Routes& routes) {
  const RouteRules rules{.query = {"since", "run"}};
  routes.Get("/api/v1/events", Access::To(access::Verb::kView, Subscribed), rules,
             [](Call& call) { return Subscribe(call, false); });
  routes.Get("/api/v1/ws", Access::To(access::Verb::kView, Subscribed), rules,
             [](Call& call) { return Subscribe(call, true); });
}

}  // namespace gatewright::api
