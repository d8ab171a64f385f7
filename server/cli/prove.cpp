// server/cli/prove.cpp: `gatewright prove FILE…`: what is true of every run of a workflow. Needs no
// plugins: whatever they may answer is tried.
#include "engine/proof/prove.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "engine/definition/workflow_loader.h"
#include "server/cli/any_plugins.h"
#include "server/cli/commands.h"
#include "server/cli/prove_report.h"
#include "server/cli/prove_traits.h"

namespace gatewright::cli {
namespace {

std::function<bool()> Until(std::size_t seconds) {
  if (seconds == 0) return {};
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
  return [end] { return std::chrono::steady_clock::now() >= end; };
}

// Worst first: a violation is known whatever else is not.
int WorstOf(int a, int b) {
  constexpr int kOrder[] = {kExitOk, kExitNotProven, kExitFailure, kExitUsage};
  const auto rank = [&](int code) { return std::ranges::find(kOrder, code); };
  return rank(a) > rank(b) ? a : b;
}

int ExitCodeOf(proof::Verdict verdict) {
  switch (verdict) {
    case proof::Verdict::kProven:
      return kExitOk;
    case proof::Verdict::kViolated:
      return kExitFailure;
    case proof::Verdict::kNotProven:
      return kExitNotProven;
  }
  return kExitFailure;
}

class Proving {
 public:
  explicit Proving(const Arguments& arguments) : arguments_(arguments) {}

  int Run() {
    for (const std::string& file : arguments_.files) {
      code_ = WorstOf(code_, File(file));
    }
    if (arguments_.is_json) fmt::print("[{}]\n", fmt::join(objects_, ","));
    return code_;
  }

 private:
  int File(const std::string& file) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) {
      PrintError(fmt::format("'{}' is no file", file));
      return kExitUsage;
    }
    const AnyPlugins plugins;
    const auto loaded = definition::LoadFile(file, plugins);
    for (const auto& diagnostic : loaded.diagnostics) PrintError(Format(diagnostic));
    if (!loaded.ok()) return kExitFailure;
    if (loaded.workflows.empty()) {
      PrintError(fmt::format("there is no workflow in '{}'", file));
      return kExitUsage;
    }
    int code = kExitOk;
    for (const auto& one : loaded.workflows) code = WorstOf(code, Workflow(one.workflow, file));
    return code;
  }

  int Workflow(const core::Workflow& workflow, const std::string& file) {
    proof::ProveOptions options;
    options.state_limit = arguments_.state_limit;
    options.is_out_of_time = Until(arguments_.seconds);
    options.traits_of = TraitsIn;
    auto people = ReadPeople(arguments_.people, workflow);
    if (!people) {
      PrintError(people.error().message);
      return kExitUsage;
    }
    options.people = *std::move(people);
    const proof::Proof proof = proof::Prove(workflow, options);
    const std::string& name = workflow.name.value;
    if (arguments_.is_json) {
      objects_.push_back(ProofJson(proof, name, file, arguments_.is_strict));
    } else {
      fmt::print("{}", ProofText(proof, name, file, arguments_.is_strict));
    }
    return ExitCodeOf(proof.Overall(arguments_.is_strict));
  }

  const Arguments& arguments_;
  std::vector<std::string> objects_;
  int code_ = kExitOk;
};

}  // namespace

int RunProve(const Arguments& arguments) { return Proving(arguments).Run(); }

}  // namespace gatewright::cli
