#include "server/http/router.h"

#include <pistache/http.h>
#include <pistache/router.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "engine/base/assert.h"
#include "server/http/problem.h"
#include "server/http/text.h"

namespace gatewright::http {
namespace {

namespace pistache = Pistache::Http;
using PistacheRouter = Pistache::Rest::Router;
using RouteResult = Pistache::Rest::Route::Result;

constexpr std::array<std::pair<std::string_view, pistache::Method>, 8> kMethods = {{
    {"GET", pistache::Method::Get},
    {"POST", pistache::Method::Post},
    {"PUT", pistache::Method::Put},
    {"PATCH", pistache::Method::Patch},
    {"DELETE", pistache::Method::Delete},
    {"HEAD", pistache::Method::Head},
    {"OPTIONS", pistache::Method::Options},
    {"TRACE", pistache::Method::Trace},
}};

const std::pair<std::string_view, pistache::Method>* FindMethod(std::string_view name) {
  const auto found = std::find_if(kMethods.begin(), kMethods.end(),
                                  [&](const auto& method) { return method.first == name; });
  return found == kMethods.end() ? nullptr : &*found;
}

struct Segment {
  std::string name;   // of the parameter
  std::size_t index;  // 0 is the first segment of the path
};

struct Compiled {
  Route route;
  std::vector<Segment> parameters;
};

std::size_t CountSegments(std::string_view path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

std::string_view SegmentAt(std::string_view path, std::size_t index) {
  path.remove_prefix(1);
  for (; index > 0; --index) path.remove_prefix(path.find('/') + 1);
  return path.substr(0, path.find('/'));
}

std::vector<Segment> FindParameters(std::string_view pattern) {
  std::vector<Segment> parameters;
  for (std::size_t i = 0; i < CountSegments(pattern); ++i) {
    const std::string_view segment = SegmentAt(pattern, i);
    if (segment.starts_with(':')) parameters.push_back({std::string(segment.substr(1)), i});
  }
  return parameters;
}

// Pistache calls a route's handler on the thread that asks, so a thread-local tells what it found.
thread_local const Compiled* found_route = nullptr;
thread_local bool found_path = false;

// A Pistache router calls these with a ResponseWriter; nobody ever writes with it.
class NoHandler : public pistache::Handler {
 public:
  HTTP_PROTOTYPE(NoHandler)
  void onRequest(const pistache::Request&, pistache::ResponseWriter) override {}
};

// Asks a Pistache router by the only way in: a parsed request line.
class Asker {
 public:
  void Ask(PistacheRouter& router, std::string_view method, std::string_view path) {
    line_.clear();
    line_ += method;
    line_ += ' ';
    line_ += path;
    line_ += " HTTP/1.1\r\n\r\n";
    parser_.reset();
    parser_.feed(line_.data(), line_.size());
    if (parser_.parse() != pistache::Private::State::Done) return;
    router.route(parser_.request,
                 pistache::ResponseWriter(pistache::Version::Http11, nullptr, &handler_, {}));
  }

 private:
  static constexpr std::size_t kParserLimit = 64 * 1024;
  std::string line_;
  pistache::RequestParser parser_{kParserLimit};
  NoHandler handler_;
};

Asker& LocalAsker() {
  thread_local Asker asker;
  return asker;
}

Response NotFound(const Request& request) {
  return Problem(404, "not_found", "No resource has the path '" + request.path + "'.");
}

}  // namespace

struct Router::Table {
  std::deque<Compiled> routes;  // addresses stay
  PistacheRouter by_method;
  PistacheRouter any_method;  // every pattern once, to tell 405 from 404
  std::vector<std::string> patterns;
  std::size_t max_segments = 0;

  Table() {
    const auto nothing = [](const Pistache::Rest::Request&, pistache::ResponseWriter) {
      return RouteResult::Ok;
    };
    // Router::route writes to a shared map for a method without routes, and answers by itself when
    // nothing matches. One dummy route per method and a catch-all prevent both.
    for (const auto& [name, method] : kMethods) {
      by_method.addRoute(method, "/gatewright-no-such-route", nothing);
    }
    any_method.addRoute(pistache::Method::Get, "/gatewright-no-such-route", nothing);
    by_method.addCustomHandler(nothing);
    any_method.addCustomHandler(nothing);
  }

  const Compiled* Find(std::string_view method, std::string_view path) {
    found_route = nullptr;
    LocalAsker().Ask(by_method, method, path);
    return found_route;
  }

  bool HasPath(std::string_view path) {
    found_path = false;
    LocalAsker().Ask(any_method, "GET", path);
    return found_path;
  }

  // Asks again for every method: two patterns may match one path.
  std::string Allow(std::string_view path) {
    std::string allow;
    for (const auto& [name, method] : kMethods) {
      if (!Find(name, path)) continue;
      allow += name;
      allow += name == "GET" ? ", HEAD, " : ", ";
    }
    return allow + "OPTIONS";
  }
};

Router::Router() : table_(std::make_unique<Table>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::Add(std::string method, std::string pattern, Handler handler, RouteOptions options) {
  const auto* known = FindMethod(method);
  GW_ASSERT(known != nullptr && method != "HEAD" && method != "OPTIONS");
  GW_ASSERT(pattern.starts_with('/'));
  if (options.label.empty()) options.label = pattern;
  Compiled& compiled = table_->routes.emplace_back();
  compiled.parameters = FindParameters(pattern);
  table_->max_segments = std::max(table_->max_segments, CountSegments(pattern));
  table_->by_method.addRoute(known->second, pattern,
                             [&compiled](const auto&, pistache::ResponseWriter) {
                               found_route = &compiled;
                               return RouteResult::Ok;
                             });
  if (std::find(table_->patterns.begin(), table_->patterns.end(), pattern) ==
      table_->patterns.end()) {
    table_->patterns.push_back(pattern);
    table_->any_method.addRoute(pistache::Method::Get, pattern,
                                [](const auto&, pistache::ResponseWriter) {
                                  found_path = true;
                                  return RouteResult::Ok;
                                });
  }
  compiled.route = {std::move(method), std::move(pattern), std::move(options), std::move(handler)};
}

Router::Match Router::Find(Request& request) const {
  if (!FindMethod(request.method)) {
    return {nullptr, Problem(501, "method_not_implemented",
                             "No resource has the method '" + request.method + "'.")};
  }
  const std::string_view path = request.path;
  if (path == "*") {
    Response response{
        204, {}, {}, nullptr, {{"Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}}};
    return {nullptr, std::move(response)};
  }
  // Pistache would forgive doubled and trailing slashes, and walks deep paths by recursion.
  const bool is_strange = path.find("//") != std::string_view::npos ||
                          (path.size() > 1 && path.ends_with('/')) ||
                          CountSegments(path) > table_->max_segments;
  if (is_strange) return {nullptr, NotFound(request)};

  if (const Compiled* found = table_->Find(request.method, path)) {
    for (const Segment& segment : found->parameters) {
      Parameter parameter{segment.name, {}};
      if (!PercentDecode(SegmentAt(path, segment.index), PlusSign::kLiteral, parameter.value)) {
        return {nullptr, Problem(400, "bad_path",
                                 "The path segment '" + segment.name +
                                     "' is not percent-encoded UTF-8 text.")};
      }
      request.params.push_back(std::move(parameter));
    }
    return {&found->route, std::nullopt};
  }
  if (!table_->HasPath(path)) return {nullptr, NotFound(request)};
  Response response;
  const std::string allow = table_->Allow(path);
  if (request.method == "OPTIONS") {
    response.status = 204;
  } else {
    response = Problem(405, "method_not_allowed",
                       "'" + request.path + "' has no method '" + request.method +
                           "'; allowed are " + allow + ".");
  }
  response.headers.push_back({"Allow", allow});
  return {nullptr, std::move(response)};
}

std::vector<std::string> Router::Describe() const {
  std::vector<std::string> lines;
  for (const Compiled& compiled : table_->routes) {
    lines.push_back(compiled.route.method + " " + compiled.route.pattern);
  }
  return lines;
}

}  // namespace gatewright::http
