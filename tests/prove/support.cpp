#include "tests/prove/support.h"

#include <gtest/gtest.h>

#include <sstream>

#include "engine/core/apply.h"

namespace gatewright::proof::test {

std::vector<std::string> TestTraits(const core::PluginUse& use) {
  std::string names = use.with_json.substr(use.with_json.find(':') + 2);
  names.resize(names.size() - 2);
  std::vector<std::string> traits;
  std::istringstream words(names);
  for (std::string word; words >> word;) traits.push_back(use.plugin + ":" + word);
  return traits;
}

core::Rule Named(std::string id, const std::string& people, std::uint32_t need) {
  core::Rule rule = Leaf(std::move(id), need);
  rule.from = core::PluginUse{"user", R"({"user":")" + people + R"("})"};
  return rule;
}

Proof ProofOf(const core::Workflow& workflow, ProveOptions options) {
  options.traits_of = TestTraits;
  return Prove(workflow, options);
}

std::vector<std::string> StepsOf(const Finding& finding) {
  std::vector<std::string> steps;
  for (const std::string& step : finding.script.steps) {
    if (!step.starts_with("advance")) steps.push_back(step);
  }
  return steps;
}

core::Run Play(const core::Workflow& workflow, const Script& script) {
  core::Run run;
  run.id = RunId{1};
  core::Run replayed = run;
  for (std::size_t i = 0; i < script.commands.size(); ++i) {
    const auto decision = core::Decide(run, workflow, script.commands[i], script.times[i]);
    const auto* accepted = std::get_if<core::Accepted>(&decision);
    if (accepted == nullptr) {
      ADD_FAILURE() << "refused at " << script.steps[i] << ": "
                    << std::get<core::Refusal>(decision).detail;
      return run;
    }
    run = accepted->run;
    core::ApplyEntry(replayed, accepted->events,
                     {script.times[i], core::ActorOf(script.commands[i])});
  }
  EXPECT_EQ(run, replayed);
  EXPECT_EQ(run.status, script.status);
  return run;
}

}  // namespace gatewright::proof::test
