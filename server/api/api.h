// server/api/api.h: the routes of the server, for the program that composes it:
//
//   ApiContext api(engine, options);
//   engine.SetFeedListener(api.MakeFeedListener());   // before engine.Start
//   engine.SetOutputListener(api.MakeOutputListener());
//   http::Router router;
//   Mount(router, api);
//   http::Server server(http_options, std::move(router), api.MakeHooks(), api.MakeFeedSource());
//   api.Attach(&server);                              // before server.Start
//   …
//   api.BeginShutdown();                              // /readyz says no from here on
//   server.Shutdown(grace); engine.Stop(grace); api.Attach(nullptr);
//
// The context must outlive the server, and the engine the context. Thread-safe but for Mount.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/access/directory.h"
#include "engine/core/workflow.h"
#include "engine/runtime/engine.h"
#include "server/http/feed.h"
#include "server/http/router.h"
#include "server/http/server.h"

namespace gatewright::api {

// A mistake in the source of a workflow.
struct SourceProblem {
  std::string pointer;  // JSON pointer, "" when there is none
  std::size_t line = 1;
  std::size_t column = 1;
  std::string message;
};

// The source of a workflow, read and checked.
struct CheckedSource {
  std::optional<core::Workflow> workflow;  // only without problems
  std::vector<SourceProblem> problems;
};

// How callers are known. Without secrets: not at all.
struct AuthOptions {
  // The first signs tokens, all of them are accepted; each of 32 bytes or more.
  std::vector<std::string> secrets = {};
  Duration access_length{std::chrono::hours{1}};    // of an access token
  Duration session_length{std::chrono::hours{12}};  // of what can be refreshed, and of a cookie
  bool is_https = false;                            // how browsers come here
};

struct ApiOptions {
  std::string version = GATEWRIGHT_VERSION;
  std::string default_workflow = "deployment";  // of POST /deployments
  Duration facade_wait{std::chrono::seconds{2}};
  Duration longest_wait{std::chrono::seconds{60}};
  // As /health shows them: how callers are known, and what an operator should worry about.
  AuthOptions auth = {};
  std::string auth_mode = "none";
  std::string public_url;  // how browsers reach this server, where their Host does not say so
  std::vector<std::string> warnings;
  // Turns YAML or JSON into a checked workflow; `file` names it in messages. Without it nothing
  // can be published over HTTP.
  std::function<CheckedSource(std::string_view source, std::string_view file)> check_source;
  // Plays a checked workflow on the way on which everybody agrees; what happened, as JSON.
  std::function<std::string(core::Workflow workflow, const std::string& subject_json)> simulate;
};

class ApiContext {
 public:
  ApiContext(runtime::Engine& engine, ApiOptions options);
  ~ApiContext();
  ApiContext(const ApiContext&) = delete;
  ApiContext& operator=(const ApiContext&) = delete;

  http::Hooks MakeHooks();
  runtime::Engine::FeedListener MakeFeedListener();
  runtime::OutputListener MakeOutputListener();
  std::shared_ptr<http::FeedSource> MakeFeedSource();
  void Attach(http::Server* server);  // null: there is none any more
  void BeginShutdown();
  // Who there is and what they may do, from now on.
  void SetDirectory(access::DirectoryPtr directory);

  runtime::Engine& engine() const;
  const ApiOptions& options() const;

  struct Parts;  // what only the routes need
  Parts& parts() const { return *parts_; }

 private:
  std::unique_ptr<Parts> parts_;
};

// Adds every route. `api` must outlive the router's server.
void Mount(http::Router& router, ApiContext& api);

}  // namespace gatewright::api
