// plugins/policies/http_post.h: one POST of JSON to a service outside, with every guard that a call
// made by a server needs: https, or http to private addresses only; no redirects, no proxy, no
// address that may not be called; a deadline; an answer of bounded size. Thread-safe.
#pragma once

#include <gatewright/call.hpp>

#include <string>
#include <string_view>

namespace gatewright::policies {

struct HttpTarget {
  std::string url;
  bool allows_private = false;
};

// Empty when `target` may be called as far as its URL tells; else what was expected and found.
std::string FindUrlProblem(const HttpTarget& target);

struct HttpReply {
  std::string problem;  // not empty: no answer came, and why; a sentence's end
  long status = 0;
  std::string body;
};

// Waits until the call's deadline, and gives up when the call is cancelled.
HttpReply PostJson(const HttpTarget& target, std::string_view body, std::size_t max_reply,
                   const Call& call);

}  // namespace gatewright::policies
