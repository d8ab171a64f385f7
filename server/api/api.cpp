#include "server/api/api.h"

#include "server/api/feed.h"
#include "server/api/parts.h"
#include "server/api/resources.h"

namespace gatewright::api {

ApiContext::ApiContext(runtime::Engine& engine, ApiOptions options)
    : parts_(std::make_unique<Parts>(engine, std::move(options))) {}

ApiContext::~ApiContext() = default;

runtime::Engine& ApiContext::engine() const { return parts_->engine; }
const ApiOptions& ApiContext::options() const { return parts_->options; }

http::Hooks ApiContext::MakeHooks() {
  http::Hooks hooks;
  hooks.observed = [this](std::string_view route, std::string_view method, int status,
                          double seconds) {
    parts_->metrics.Observe(route, method, status, seconds);
  };
  return hooks;
}

runtime::Engine::FeedListener ApiContext::MakeFeedListener() {
  return [this](const std::vector<ports::Entry>& entries) {
    parts_->Publish(entries);
    parts_->log_readers->Moved(entries);
  };
}

runtime::OutputListener ApiContext::MakeOutputListener() {
  return [this](RunId run, AttemptNumber number) { parts_->log_readers->Appended(run, number); };
}

std::shared_ptr<http::FeedSource> ApiContext::MakeFeedSource() {
  return std::make_shared<LogFeed>(*this);
}

void ApiContext::Attach(http::Server* server) {
  const std::lock_guard lock(parts_->server_mutex);
  parts_->server = server;
}

void ApiContext::BeginShutdown() { parts_->is_draining = true; }

void ApiContext::SetDirectory(access::DirectoryPtr directory) {
  parts_->sign_in.SetDirectory(std::move(directory));
}

void ApiContext::Parts::Publish(const std::vector<ports::Entry>& entries) {
  if (entries.empty() || subscribers == 0) return;
  std::vector<http::Frame> frames;
  frames.reserve(entries.size());
  for (const ports::Entry& entry : entries) frames.push_back(FrameOf(entry));
  const std::lock_guard lock(server_mutex);
  if (server != nullptr) server->Publish(entries.front().position.value - 1, std::move(frames));
}

http::Statistics ApiContext::Parts::HttpStatistics() {
  const std::lock_guard lock(server_mutex);
  return server == nullptr ? http::Statistics{} : server->Stats();
}

void Mount(http::Router& router, ApiContext& api) {
  Routes routes(router, api);
  MountAuth(routes);
  MountTokens(routes);
  MountDeployments(routes);
  MountRuns(routes);
  MountRunCommands(routes);
  MountVotes(routes);
  MountVoteLinks(routes);
  MountInbox(routes);
  MountStops(routes);
  MountDelegations(routes);
  MountDeliveries(routes);
  MountLocks(routes);
  MountCalendars(routes);
  MountRunDetails(routes);
  MountAttemptLog(routes);
  MountCallbacks(routes);
  MountWorkflows(routes);
  MountNumbers(routes);
  MountPlugins(routes);
  MountEvents(routes);
  MountHealth(routes);
  MountMetrics(routes);
  MountDocs(routes);
  MountPage(routes);
}

}  // namespace gatewright::api
