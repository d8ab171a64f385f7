#include "server/api/call.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "engine/base/edit_distance.h"
#include "server/api/identity.h"
#include "server/api/origin.h"
#include "server/api/parts.h"
#include "server/api/problems.h"

namespace gatewright::api {
namespace {

Outcome RefuseQuery(const http::Request& request, const RouteRules& rules) {
  if (rules.any_query) return std::nullopt;
  for (std::size_t i = 0; i < request.query.size(); ++i) {
    const std::string_view name = request.query[i].name;
    if (std::ranges::find(rules.later_query, name) != rules.later_query.end()) {
      return http::Problem(
          400, "invalid_parameter",
          fmt::format("query parameter '{}' is not supported yet by this version", name));
    }
    if (std::ranges::find(rules.query, name) == rules.query.end()) {
      const std::string known = rules.query.empty()
                                    ? "this resource has none"
                                    : fmt::format("known: {}", fmt::join(rules.query, ", "));
      return http::Problem(400, "invalid_parameter",
                           fmt::format("unknown query parameter '{}' ({}).{}", name, known,
                                       DidYouMeanSuffix(name, rules.query)));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (request.query[j].name != name) continue;
      return http::Problem(400, "invalid_parameter",
                           fmt::format("query parameter '{}' was given more than once", name));
    }
  }
  return std::nullopt;
}

// Without authentication everybody is asked, because they may say who they are.
Checked<auth::Identity> IdentityFor(ApiContext& api, const Access& access,
                                    const http::Request& request) {
  SignIn& sign_in = api.parts().sign_in;
  if (access.is_open() && sign_in.is_on()) return auth::Identity();
  return sign_in.IdentityOf(request);
}

Outcome Run(ApiContext& api, const Access& access, const RouteRules& rules,
            const CallHandler& handler, const http::Request& request,
            const http::Responder& responder) {
  if (request.method != "GET") {
    if (auto refusal = RefuseOrigin(request, api.options().public_url)) return refusal;
  }
  if (auto refusal = RefuseQuery(request, rules)) return refusal;
  GW_TRY(identity, IdentityFor(api, access, request));
  if (access.verb() && api.parts().sign_in.is_on()) {
    GW_TRY(resource, access.place()(api, request));
    if (auto refusal = RefuseVerb(api, identity, *access.verb(), resource)) return refusal;
  }
  Call call{api, request, responder, identity.principal, identity};
  return handler(call);
}

}  // namespace

void Routes::Add(std::string method, std::string pattern, Access access, RouteRules rules,
                 CallHandler handler) {
  http::RouteOptions options;
  options.answer_time = rules.answer_time;
  router_.Add(
      std::move(method), std::move(pattern),
      [&api = api_, access = std::move(access), rules = std::move(rules),
       handler = std::move(handler)](const http::Request& request,
                                     const http::Responder& responder) {
        if (auto response = Run(api, access, rules, handler, request, responder)) {
          responder.Send(*std::move(response));
        }
      },
      options);
}

void Routes::Get(std::string pattern, Access access, RouteRules rules, CallHandler handler) {
  Add("GET", std::move(pattern), std::move(access), std::move(rules), std::move(handler));
}

void Routes::Post(std::string pattern, Access access, RouteRules rules, CallHandler handler) {
  Add("POST", std::move(pattern), std::move(access), std::move(rules), std::move(handler));
}

void Routes::Patch(std::string pattern, Access access, RouteRules rules, CallHandler handler) {
  Add("PATCH", std::move(pattern), std::move(access), std::move(rules), std::move(handler));
}

void Routes::Delete(std::string pattern, Access access, RouteRules rules, CallHandler handler) {
  Add("DELETE", std::move(pattern), std::move(access), std::move(rules), std::move(handler));
}

http::Response Json(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Outcome AnswerInBackground(Call& call, SlowHandler handler) {
  const bool is_posted = call.api.parts().background.Post(
      [&api = call.api, responder = call.responder, request = call.request, caller = call.caller,
       handler = std::move(handler)] { responder.Send(handler(api, request, caller)); });
  if (is_posted) return std::nullopt;
  return Failed({ErrorCode::kUnavailable, "too many slow questions are waiting; try again"});
}

}  // namespace gatewright::api
