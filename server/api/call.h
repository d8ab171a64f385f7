// server/api/call.h: one request on its way through a route, and how routes are added: query
// parameters are checked against the route's list, and the caller is known and may do it, before a
// handler runs.
// A Call belongs to the worker thread and is lent to the handler until it returns.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/principal.h"
#include "server/api/access.h"
#include "server/api/api.h"
#include "server/api/checked.h"
#include "server/http/responder.h"
#include "server/http/router.h"

namespace gatewright::api {

struct Call {
  ApiContext& api;
  const http::Request& request;
  http::Responder responder;
  core::Principal caller;
  auth::Identity identity;  // the caller, and how they are known

  runtime::Engine& engine() const { return api.engine(); }
};

using CallHandler = std::function<Outcome(Call&)>;

struct RouteRules {
  std::vector<std::string_view> query = {};        // the parameters it knows
  std::vector<std::string_view> later_query = {};  // known to the design, not supported yet
  bool any_query = false;                          // somebody else reads it, for example a script
  std::chrono::milliseconds answer_time{0};
};

class Routes {
 public:
  Routes(http::Router& router, ApiContext& api) : router_(router), api_(api) {}

  void Get(std::string pattern, Access access, RouteRules rules, CallHandler handler);
  void Post(std::string pattern, Access access, RouteRules rules, CallHandler handler);
  void Patch(std::string pattern, Access access, RouteRules rules, CallHandler handler);
  void Delete(std::string pattern, Access access, RouteRules rules, CallHandler handler);
  ApiContext& api() const { return api_; }

 private:
  void Add(std::string method, std::string pattern, Access access, RouteRules rules,
           CallHandler handler);

  http::Router& router_;
  ApiContext& api_;
};

http::Response Json(int status, std::string body);

// Answers on a thread that may wait: for approvers that do I/O, for runs that have to be read.
// 503 when too much is waiting already.
using SlowHandler =
    std::function<http::Response(ApiContext&, const http::Request&, const core::Principal& caller)>;
Outcome AnswerInBackground(Call& call, SlowHandler handler);

}  // namespace gatewright::api
