// Inputs that nobody would expect. The same ones each time: a failure can be looked at again.
#include <fmt/format.h>

#include <random>
#include <string>

#include "plugins/check/ask.h"
#include "plugins/check/checks/checks.h"

namespace gatewright::check {
namespace {

constexpr std::uint32_t kSeed = 20260106;
constexpr int kRounds = 300;
constexpr int kActions = 20;

}  // namespace

Finding CheckStrangeInputs(Specimen& specimen) {
  std::mt19937 random(kSeed);
  const bool acts = specimen.order().offer.kind == ports::PluginKind::kExecutor;
  const Duration limit = std::chrono::milliseconds{acts ? 100 : 2000};
  for (const SampleConfig& config : specimen.good_configs()) {
    const Made made = specimen.Create(config.json);
    if (!made.is_good()) continue;
    for (int round = 0; round < (acts ? kActions : kRounds); ++round) {
      const Question question = StrangeQuestion(random);
      for (const host::Function function : FunctionsOf(specimen.offer())) {
        const std::string which = fmt::format("strange question {}, subject {}", round,
                                              question.subject_json.substr(0, 200));
        specimen.Say(fmt::format("{}() was running: {}", NameOf(function), which));
        const Asked asked = Ask(made.instance, specimen.offer(), specimen.environment(), function,
                                question, {.limit = limit});
        if (auto problem = FindBreach(function, asked)) {
          problem->found += fmt::format(" ({})", which);
          return *problem;
        }
      }
    }
    specimen.Destroy(made);
  }
  return Ok();
}

}  // namespace gatewright::check
