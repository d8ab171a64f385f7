#include "tests/server/server_fixture.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "engine/codec/json.h"
#include "engine/definition/workflow_loader.h"
#include "engine/simulation/happy_path.h"
#include "engine/simulation/report.h"
#include "engine/simulation/script_workflow.h"
#include "engine/simulation/stand_ins.h"
#include "engine/storage/sqlite_store.h"
#include "plugins/host/plugin_host.h"

namespace gatewright::testing {
namespace {

constexpr std::chrono::seconds kGrace{5};

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

api::CheckedSource CheckSource(std::string_view source, std::string_view file,
                               const ports::Plugins& plugins) {
  auto loaded = definition::LoadWorkflows(source, file, plugins);
  api::CheckedSource checked;
  for (const auto& problem : loaded.diagnostics) {
    checked.problems.push_back({"", problem.line, problem.column, problem.message});
  }
  if (loaded.ok() && loaded.workflows.size() != 1) {
    checked.problems.push_back({"", 1, 1, "expected one workflow"});
  }
  if (checked.problems.empty()) checked.workflow = std::move(loaded.workflows.front().workflow);
  return checked;
}

}  // namespace

struct ServerTest::Running {
  std::unique_ptr<ports::Store> store;
  std::unique_ptr<host::PluginHost> plugins;
  ports::SystemClock clock;
  ports::NullLog log;
  std::unique_ptr<runtime::Engine> engine;
  std::unique_ptr<api::ApiContext> api;
  std::unique_ptr<http::Server> server;
};

std::string Answer::operator[](std::string_view member) const {
  const auto* object = json.if_object();
  const auto* value = object == nullptr ? nullptr : object->if_contains(member);
  if (value == nullptr) return {};
  return value->is_string() ? std::string(std::string_view(value->get_string()))
                            : boost::json::serialize(*value);
}

ServerTest::ServerTest() = default;
ServerTest::~ServerTest() = default;

runtime::Engine& ServerTest::engine() { return *running_->engine; }
api::ApiContext& ServerTest::api() { return *running_->api; }
http::Server& ServerTest::server() { return *running_->server; }

void ServerTest::SetUp() {
  std::string pattern = (std::filesystem::temp_directory_path() / "gw-server-XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  folder_ = pattern;
  Start();
  Publish(ReadFile("config/workflows/deployment.yaml"));
}

void ServerTest::TearDown() {
  Stop();
  std::filesystem::remove_all(folder_);
}

void ServerTest::Start() {
  running_ = std::make_unique<Running>();
  Running& now = *running_;
  storage::StoreOptions store_options;
  store_options.path = (folder_ / "runs.db").string();
  auto store = storage::OpenSqlite(store_options);
  ASSERT_TRUE(store) << store.error().message;
  now.store = *std::move(store);

  host::PluginHostOptions host_options;
  host_options.folder = GATEWRIGHT_PLUGIN_FOLDER;
  host_options.trust = host::FolderTrust::kAnybody;
  host_options.log = [](host::LogSeverity, std::string_view, std::string_view) {};
  auto plugins = host::PluginHost::Load(std::move(host_options));
  ASSERT_TRUE(plugins) << plugins.error().message;
  now.plugins = *std::move(plugins);

  now.engine = std::make_unique<runtime::Engine>(*now.store, *now.plugins, now.clock, now.log,
                                                 runtime::EngineOptions{});
  api::ApiOptions options;
  options.auth = auth_;
  options.check_source = [&plugins = *now.plugins](std::string_view source, std::string_view file) {
    return CheckSource(source, file, plugins);
  };
  options.simulate = [&plugins = *now.plugins](core::Workflow workflow,
                                               const std::string& subject) {
    simulation::StandIns stand_ins(plugins);
    return simulation::ToJson(simulation::WalkHappyPath(
        {stand_ins, simulation::MakePlayable(std::move(workflow), stand_ins), {}, subject}));
  };
  now.api = std::make_unique<api::ApiContext>(*now.engine, std::move(options));
  now.engine->SetFeedListener(now.api->MakeFeedListener());
  now.engine->SetOutputListener(now.api->MakeOutputListener());
  const auto started = now.engine->Start(
      [&plugins = *now.plugins](const std::string& source) -> Result<core::Workflow> {
        auto checked = CheckSource(source, "stored", plugins);
        if (!checked.workflow) return Error{ErrorCode::kCorrupt, "a stored workflow is broken"};
        return *std::move(checked.workflow);
      });
  ASSERT_TRUE(started) << started.error().message;

  http::Router router;
  Mount(router, *now.api);
  now.server = std::make_unique<http::Server>(http::ServerOptions{}, std::move(router),
                                              now.api->MakeHooks(), now.api->MakeFeedSource());
  now.api->Attach(now.server.get());
  auto port = now.server->Start();
  ASSERT_TRUE(port) << port.error().message;
  port_ = *port;
}

void ServerTest::Stop() {
  if (!running_) return;
  if (running_->api) running_->api->BeginShutdown();
  if (running_->server) running_->server->Shutdown(kGrace);
  if (running_->engine) running_->engine->Stop(kGrace);
  if (running_->api) running_->api->Attach(nullptr);
  running_->server.reset();
  running_->api.reset();
  running_.reset();
}

void ServerTest::Publish(const std::string& source) {
  const Answer answer = Post("/api/v1/workflows", source, "Content-Type: application/yaml\r\n");
  ASSERT_TRUE(answer.status == 201 || answer.status == 200) << answer.body;
}

Answer ServerTest::Ask(std::string_view method, std::string_view target, std::string_view body,
                       std::string_view headers) {
  std::string request = fmt::format("{} {} HTTP/1.1\r\nHost: test\r\n{}", method, target, headers);
  const bool has_type = headers.find("Content-Type:") != std::string_view::npos;
  if (!body.empty() && !has_type) request += "Content-Type: application/json\r\n";
  if (method != "GET" && method != "HEAD") {
    request += fmt::format("Content-Length: {}\r\n", body.size());
  }
  request += "Connection: close\r\n\r\n";
  request += body;
  http::RawClient client(port_);
  client.Send(request);
  Answer answer;
  static_cast<http::RawAnswer&>(answer) = client.Read(method == "HEAD");
  if (auto parsed = codec::ParseJson(answer.body)) answer.json = *std::move(parsed);
  const std::string mistake = openapi_.Check(method, target, answer);
  EXPECT_EQ(mistake, "") << method << ' ' << target << " → " << answer.status << ' '
                         << answer.body.substr(0, 2000);
  return answer;
}

Answer ServerTest::Until(std::string_view target, std::string_view member,
                         std::string_view wanted) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (true) {
    Answer answer = Get(target);
    if (answer[member] == wanted || std::chrono::steady_clock::now() > end) return answer;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace gatewright::testing
