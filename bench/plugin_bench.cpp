// bench/plugin_bench.cpp: what one question to an approver costs, in the server's process and in a
// process of its own. Usage: gw_plugin_bench PROGRAM PLUGINS [--benchmark_…]; PROGRAM is
// gatewright.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "plugins/host/plugin_host.h"

namespace {

using namespace gatewright;

void Ask(benchmark::State& state, host::PluginHost& plugins) {
  auto approver = plugins.MakeApprover("role", R"({"role":"qa"})");
  if (!approver) return state.SkipWithError(approver.error().message.c_str());
  ports::Context context;
  context.workflow = "deployment";
  context.stage = "QA";
  context.subject_json = R"({"environment":"staging","version":"1.2.3"})";
  core::Principal ann;
  ann.id = PrincipalId{"ann"};
  ann.roles = {"qa"};
  for (auto _ : state) {
    const auto answer = (*approver)->Check(context, ann, std::chrono::seconds{5});
    if (!answer || !answer->is_eligible) return state.SkipWithError("no answer");
  }
}

std::unique_ptr<host::PluginHost> Load(const char* program, const char* folder,
                                       host::Isolation isolation) {
  host::PluginHostOptions options;
  options.folder = std::filesystem::absolute(folder);
  options.trust = host::FolderTrust::kAnybody;
  options.rules.isolation = isolation;
  options.child_program = std::filesystem::absolute(program);
  auto plugins = host::PluginHost::Load(std::move(options));
  if (plugins) return *std::move(plugins);
  fmt::print(stderr, "plugin_bench: {}\n", plugins.error().message);
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: gw_plugin_bench PROGRAM PLUGINS [--benchmark_...]\n");
    return 2;
  }
  const auto near = Load(argv[1], argv[2], host::Isolation::kNone);
  const auto far = Load(argv[1], argv[2], host::Isolation::kProcess);
  if (near == nullptr || far == nullptr) return 1;
  benchmark::RegisterBenchmark("in the server", [&](auto& state) { Ask(state, *near); });
  benchmark::RegisterBenchmark("in its own process", [&](auto& state) {
    Ask(state, *far);
  })->UseRealTime();
  int rest = argc - 2;
  benchmark::Initialize(&rest, argv + 2);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
