// bench/attempt_bench.cpp: how many actions a second the engine does from a created run to its end,
// every step durable, and what a thousand cost that go on outside. Usage:
//   gw_attempt_bench PROGRAM PLUGINS FOLDER [RUNS]
// PROGRAM is gatewright; FOLDER takes the database and is emptied by nobody.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <memory>
#include <thread>

#include "engine/runtime/engine.h"
#include "engine/storage/sqlite_store.h"
#include "plugins/host/plugin_host.h"

namespace {

using namespace gatewright;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kInFlight = 1'000;

double SecondsSince(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

core::Workflow ActingWorkflow(const std::string& name, const std::string& plugin,
                              const std::string& with) {
  core::Workflow workflow;
  workflow.name = WorkflowName{name};
  workflow.version = WorkflowVersion{name};
  core::StageSpec stage;
  stage.name = StageName{"Act"};
  stage.done_state = "acted";
  if (!plugin.empty()) {
    core::ActionSpec action;
    action.use = {plugin, with};
    stage.action = std::move(action);
  }
  workflow.stages.push_back(std::move(stage));
  return workflow;
}

// Hands everything over, and never hears of it again.
class Relay final : public ports::Executor {
 public:
  Result<ports::AttemptReport> Start(const ports::AttemptRequest&, ports::AttemptSink&, Duration,
                                     const std::atomic<bool>&) override {
    return ports::AttemptReport{ports::AttemptOutcome::kRunning, "goes on", "", Duration{0}, "job"};
  }
  Result<ports::AttemptReport> Probe(const ports::AttemptRequest&, ports::AttemptSink&,
                                     Duration) override {
    return Error{ErrorCode::kInvalid, "nobody knows"};
  }
};

// Everything else is what the program loads.
class BenchPlugins final : public ports::Plugins {
 public:
  explicit BenchPlugins(host::PluginHost& host) : host_(host) {}
  std::vector<ports::PluginInfo> List() const override { return host_.List(); }
  const ports::Offer* Find(ports::PluginKind kind, std::string_view name) const override {
    return name == "relay" ? &relay_ : host_.Find(kind, name);
  }
  std::vector<std::string> Names(ports::PluginKind kind) const override {
    return host_.Names(kind);
  }
  std::vector<ports::ConfigProblem> CheckConfig(ports::PluginKind kind, std::string_view name,
                                                std::string_view config) const override {
    if (name == "relay") return {};
    return host_.CheckConfig(kind, name, config);
  }
  Result<std::shared_ptr<ports::Approver>> MakeApprover(std::string_view name,
                                                        std::string_view config) override {
    return host_.MakeApprover(name, config);
  }
  Result<std::shared_ptr<ports::Policy>> MakePolicy(std::string_view name,
                                                    std::string_view config) override {
    return host_.MakePolicy(name, config);
  }
  Result<std::shared_ptr<ports::Executor>> MakeExecutor(std::string_view name,
                                                        std::string_view config) override {
    if (name == "relay") return std::shared_ptr<ports::Executor>(std::make_shared<Relay>());
    return host_.MakeExecutor(name, config);
  }
  Result<std::shared_ptr<ports::Notifier>> MakeNotifier(std::string_view name,
                                                        std::string_view config) override {
    return host_.MakeNotifier(name, config);
  }

 private:
  host::PluginHost& host_;
  ports::Offer relay_ = [] {
    ports::Offer offer;
    offer.kind = ports::PluginKind::kExecutor;
    offer.name = "relay";
    return offer;
  }();
};

void Publish(runtime::Engine& engine, const core::Workflow& workflow) {
  core::Principal bench;
  bench.id = PrincipalId{"bench"};
  const auto published = engine.Publish({bench, workflow, workflow.name.value, "bench"});
  if (published) return;
  fmt::print(stderr, "attempt_bench: {}\n", published.error().message);
  std::exit(1);
}

// Creates the runs, and waits until `is_there` says that each is where it should be.
template <class IsThere>
double Drive(runtime::Engine& engine, const std::string& workflow, std::size_t runs,
             IsThere is_there) {
  const auto began = Clock::now();
  std::latch all(static_cast<std::ptrdiff_t>(runs));
  for (std::size_t i = 0; i < runs; ++i) {
    runtime::CreateRequest request;
    request.actor.id = PrincipalId{"bench"};
    request.workflow = WorkflowName{workflow};
    request.name = "run";
    request.subject_json = R"({"version":"1.2.3"})";
    engine.Create(std::move(request), [&](const runtime::Reply& reply) {
      if (reply.kind != runtime::ReplyKind::kDone) {
        fmt::print(stderr, "attempt_bench: a run was not created\n");
        std::exit(1);
      }
      engine.WaitFor(reply.run->id, is_there, Time::max(),
                     [&](const std::shared_ptr<const core::Run>&) { all.count_down(); });
    });
  }
  all.wait();
  return SecondsSince(began);
}

std::size_t Count(const std::string& what) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(what)) return std::stoul(line.substr(line.find_first_of("0123456789")));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    fmt::print(stderr, "usage: gw_attempt_bench PROGRAM PLUGINS FOLDER [RUNS]\n");
    return 2;
  }
  const std::size_t runs = argc > 4 ? std::stoul(argv[4]) : 5'000;
  host::PluginHostOptions plugin_options;
  plugin_options.folder = std::filesystem::absolute(argv[2]);
  plugin_options.trust = host::FolderTrust::kAnybody;
  plugin_options.child_program = std::filesystem::absolute(argv[1]);
  auto loaded = host::PluginHost::Load(std::move(plugin_options));
  std::filesystem::create_directories(argv[3]);
  storage::StoreOptions store_options;
  store_options.path = (std::filesystem::path(argv[3]) / "attempts.db").string();
  auto store = storage::OpenSqlite(store_options);
  if (!loaded || !store) {
    fmt::print(stderr, "attempt_bench: {}\n", (loaded ? store.error() : loaded.error()).message);
    return 1;
  }
  BenchPlugins plugins(**loaded);
  const ports::SystemClock clock;
  ports::NullLog log;
  runtime::EngineOptions options;
  options.queue_limit = 100'000;
  runtime::Engine engine(**store, plugins, clock, log, options);
  const auto started =
      engine.Start([](const std::string& source) { return ActingWorkflow(source, "noop", "{}"); });
  if (!started) return 1;
  const auto finished = [](const core::Run& run) { return run.is_finished(); };

  Publish(engine, ActingWorkflow("nothing", "", ""));
  Publish(engine, ActingWorkflow("noop", "noop", "{}"));
  Publish(engine, ActingWorkflow("command", "command", R"({"argv":["/bin/true"]})"));
  Publish(engine, ActingWorkflow("relay", "relay", "{}"));
  Drive(engine, "noop", runs / 10, finished);  // warm
  const double nothing = Drive(engine, "nothing", runs, finished);
  const double noop = Drive(engine, "noop", runs, finished);
  const double command = Drive(engine, "command", runs / 5, finished) * 5;
  const auto rate = [runs](double seconds) { return static_cast<double>(runs) / seconds; };
  fmt::print("{:28} {:8.0f} /s\n", "runs without an action", rate(nothing));
  fmt::print("{:28} {:8.0f} /s   {:.2f} of those without\n", "runs that do noop", rate(noop),
             nothing / noop);
  fmt::print("{:28} {:8.0f} /s   {:.2f} of those without\n", "runs that start /bin/true",
             rate(command), nothing / command);

  const std::size_t threads = Count("Threads:");
  const auto before = static_cast<double>(Count("VmRSS:"));
  Drive(engine, "relay", kInFlight, [](const core::Run& run) {
    return !run.attempts.empty() && run.attempts.back().is_handed_over;
  });
  // The allocator may have given some back meanwhile.
  const double more = std::max(0.0, static_cast<double>(Count("VmRSS:")) - before);
  fmt::print("{} attempts that go on outside: {} threads more, {:.1f} KB each\n", kInFlight,
             Count("Threads:") - threads, more / kInFlight);
  engine.Stop(std::chrono::seconds{1});
  return 0;
}
