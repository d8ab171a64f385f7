// server/http/router.h: which handler serves which method and path. Filled by one thread before
// the server starts; read by all workers afterwards. Matching is done by the tree of Pistache's
// Rest::Router.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.h"
#include "server/http/responder.h"

namespace gatewright::http {

// Runs on the worker thread that owns the connection and must not block: it answers at once, or
// hands the Responder (and copies of what it needs) to somebody else.
using Handler = std::function<void(const Request&, Responder)>;

struct RouteOptions {
  std::string label;                         // for metrics; the pattern when empty
  std::chrono::milliseconds answer_time{0};  // 503 after it; 0 takes the server's
};

struct Route {
  std::string method;
  std::string pattern;
  RouteOptions options;
  Handler handler;
};

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // `pattern` is made of fixed segments and ":name" segments: "/deployments/:id/approve". A GET
  // route serves HEAD too. A fixed segment wins over a parameter. Method: GET POST PUT PATCH
  // DELETE.
  void Add(std::string method, std::string pattern, Handler handler, RouteOptions options = {});

  // What became of a request: a route, or the answer to give instead (204 for OPTIONS, 400 for a
  // malformed escape, 404, 405 with Allow, 501). Fills request.params. Trailing and doubled
  // slashes name nothing: 404. `request.method` must already be GET for HEAD.
  struct Match {
    const Route* route = nullptr;
    std::optional<Response> instead;  // set when route is null
  };
  Match Find(Request& request) const;

  // Every registered "METHOD /pattern", for a test that compares them with the OpenAPI document.
  std::vector<std::string> Describe() const;

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace gatewright::http
