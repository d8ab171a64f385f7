#include "server/http/router.h"

#include <pistache/http.h>
#include <pistache/router.h>

#include <algorithm>
#include <array>
#include <deque>
#include <tuple>
#include <utility>

#include "engine/base/assert.h"
#include "server/http/problem.h"
#include "server/http/text.h"

namespace gatewright::http {
namespace {

using Pistache::Rest::SegmentTreeNode;

constexpr std::array<std::string_view, 8> kKnownMethods = {"GET",   "HEAD",   "POST",    "PUT",
                                                           "PATCH", "DELETE", "OPTIONS", "TRACE"};
constexpr std::array<std::string_view, 5> kRouteMethods = {"GET", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::size_t kNoMethod = kRouteMethods.size();

std::size_t MethodIndex(std::string_view method) {
  const auto found = std::find(kRouteMethods.begin(), kRouteMethods.end(), method);
  return static_cast<std::size_t>(found - kRouteMethods.begin());
}

bool IsKnownMethod(std::string_view method) {
  return std::find(kKnownMethods.begin(), kKnownMethods.end(), method) != kKnownMethods.end();
}

struct Segment {
  std::string name;   // of the parameter
  std::size_t index;  // 0 is the first segment of the path
};

struct Compiled {
  Route route;
  std::vector<Segment> parameters;
};

// What we leave in Pistache's tree as a handler. It is looked at, never called.
struct Leaf {
  const Compiled* compiled;
  Pistache::Rest::Route::Result operator()(const Pistache::Rest::Request&,
                                           const Pistache::Http::ResponseWriter&) const {
    return Pistache::Rest::Route::Result::Failure;
  }
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

Response NotFound(const Request& request) {
  return Problem(404, "not_found", "No resource has the path '" + request.path + "'.");
}

}  // namespace

// Pistache's Rest::Router would answer 404 and 405 by itself, on its own way of writing, and
// changes a shared map while it routes. Its tree of segments, which does the matching, does
// neither.
struct Router::Table {
  std::deque<Compiled> routes;  // addresses stay
  std::array<SegmentTreeNode, kRouteMethods.size()> trees;
  std::size_t max_segments = 0;

  void Add(std::size_t method, const Compiled& compiled) {
    const std::string_view path = std::string_view(compiled.route.pattern).substr(1);
    const std::shared_ptr<char> text(new char[path.size()], std::default_delete<char[]>());
    path.copy(text.get(), path.size());
    trees[method].addRoute({text.get(), path.size()}, AsHandler(Leaf{&compiled}), text);
  }

  const Compiled* Find(std::size_t method, std::string_view path) const {
    if (method == kNoMethod) return nullptr;
    const auto found = trees[method].findRoute(path.substr(1));
    const auto& route = std::get<0>(found);
    return route ? route->handler_.target<Leaf>()->compiled : nullptr;
  }

  std::string Allow(std::string_view path) const {
    std::string allow;
    for (std::size_t method = 0; method < kRouteMethods.size(); ++method) {
      if (!Find(method, path)) continue;
      allow += kRouteMethods[method];
      allow += method == 0 ? ", HEAD, " : ", ";
    }
    return allow.empty() ? allow : allow + "OPTIONS";
  }

  static Pistache::Rest::Route::Handler AsHandler(Leaf leaf) { return leaf; }
};

Router::Router() : table_(std::make_unique<Table>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::Add(std::string method, std::string pattern, Handler handler, RouteOptions options) {
  const std::size_t index = MethodIndex(method);
  GW_ASSERT(index != kNoMethod && pattern.starts_with('/'));
  if (options.label.empty()) options.label = pattern;
  Compiled& compiled = table_->routes.emplace_back();
  compiled.parameters = FindParameters(pattern);
  compiled.route = {std::move(method), std::move(pattern), std::move(options), std::move(handler)};
  table_->max_segments = std::max(table_->max_segments, CountSegments(compiled.route.pattern));
  table_->Add(index, compiled);
}

Router::Match Router::Find(Request& request) const {
  if (!IsKnownMethod(request.method)) {
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

  if (const Compiled* found = table_->Find(MethodIndex(request.method), path)) {
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
  const std::string allow = table_->Allow(path);
  if (allow.empty()) return {nullptr, NotFound(request)};
  Response response;
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
