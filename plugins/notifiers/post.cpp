#include "plugins/notifiers/post.h"

#include <algorithm>

namespace gatewright::notifiers {
namespace {

constexpr long kGone = 410;
// A receiver may ask for patience, but not for being forgotten.
constexpr std::chrono::seconds kLongestWait = std::chrono::hours{24};

bool MayHelpLater(long status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

std::string Advice(long status) {
  if (status >= 300 && status < 400) return "; redirects are not followed, so let 'url' say where";
  return {};
}

}  // namespace

outbound::HttpTarget ReadTarget(const Config& config) {
  outbound::HttpTarget target{config.String("url"), config.Bool("allow_private", false),
                              "allow_private"};
  const std::string problem = outbound::FindUrlProblem(target);
  if (!problem.empty()) throw InvalidConfig("/url: " + problem);
  return target;
}

void PostOrThrow(const outbound::HttpTarget& target, const outbound::HttpRequest& request,
                 const Call& call) {
  const outbound::HttpReply reply = outbound::Post(target, request, call);
  if (reply.is_refused) throw CallError(GW_INVALID_ARGUMENT, reply.problem);
  if (!reply.problem.empty()) {
    throw Unavailable("the receiver gave no usable answer: " + reply.problem);
  }
  if (reply.status >= 200 && reply.status < 300) return;
  const std::string found =
      "expected the receiver to answer 2xx, found " + std::to_string(reply.status);
  if (MayHelpLater(reply.status)) {
    throw Unavailable(found, std::min<std::chrono::seconds>(reply.retry_after, kLongestWait));
  }
  if (reply.status == kGone) throw ReceiverGone(found + " (gone): it wants no more of these");
  throw CallError(GW_INVALID_ARGUMENT, found + Advice(reply.status));
}

}  // namespace gatewright::notifiers
