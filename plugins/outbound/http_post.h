// plugins/outbound/http_post.h: one request to a service outside, with every guard that a call made
// by a server needs: https, or http to private addresses only; no redirects, no proxy, no address
// that may not be called; a deadline; an answer of bounded size. Thread-safe.
#pragma once

#include <gatewright/call.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatewright::outbound {

struct HttpTarget {
  std::string url;
  bool allows_private = false;
  std::string_view setting = "allowPrivate";  // what the user calls allows_private; a literal
  std::string authorities = {};  // PEM: whose certificates are trusted; empty: the system's
};

// Empty when `target` may be called as far as its URL tells; else what was expected and found,
// without the URL, which may hold a secret.
std::string FindUrlProblem(const HttpTarget& target);

// `reference` as a reader of `base` understands it; empty when it is none.
std::string ResolveUrl(const std::string& base, const std::string& reference);
// "https://example.com:443"; empty for what is no URL.
std::string OriginOf(const std::string& url);

struct HttpRequest {
  std::string_view body;
  std::string_view content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
  // A longer answer is a problem. 0: only the status is wanted, and whatever follows is not read.
  std::size_t max_reply = 0;
  std::chrono::milliseconds limit{0};  // of this request, within the call's; 0: only the call's
  bool may_cut = false;                // a longer answer is cut instead
  std::string_view method = "POST";    // GET has no body
};

struct HttpReply {
  std::string problem;      // not empty: no answer came, and why; a sentence's end
  bool is_refused = false;  // the problem is an address that may not be called
  bool was_sent = false;    // something of the request left this machine: it may have had an effect
  long status = 0;
  std::chrono::seconds retry_after{0};  // what its Retry-After says; 0: it has none
  std::string body;
  bool is_cut = false;
  std::string location;  // of its Location header, absolute; empty: none
};

// Waits until the call's deadline, and throws when the call is cancelled.
HttpReply Send(const HttpTarget& target, const HttpRequest& request, const Call& call);
inline HttpReply Post(const HttpTarget& target, const HttpRequest& request, const Call& call) {
  return Send(target, request, call);
}

}  // namespace gatewright::outbound
