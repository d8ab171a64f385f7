// What is asked is answered: once, with what the ABI knows, and again when it is asked again.
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>

#include "plugins/check/ask.h"
#include "plugins/check/checks/checks.h"

namespace gatewright::check {
namespace {

using Find = std::optional<Finding> (*)(host::Function, const Asked&);

constexpr std::chrono::milliseconds kPatience{300};
constexpr std::chrono::seconds kMorePatience{5};

// Every function, every config, the ordinary questions; of an action only the first: it acts.
Finding AskEverything(Specimen& specimen, Find find, Duration limit = kPatience) {
  std::string silence;
  bool is_answered = false;
  for (const SampleConfig& config : specimen.good_configs()) {
    const Made made = specimen.Create(config.json);
    if (!made.is_good()) continue;
    std::string handle;  // of what goes on outside, for those that are asked about it
    for (const host::Function function : FunctionsOf(specimen.offer())) {
      for (Question question : OrdinaryQuestions()) {
        question.handle = handle;
        specimen.Say(fmt::format("{}() was running", NameOf(function)));
        const Asked asked = Ask(made.instance, specimen.offer(), specimen.environment(), function,
                                question, {.limit = limit});
        if (auto problem = find(function, asked)) return *problem;
        is_answered |= asked.is_answered();
        if (!asked.handle.empty()) handle = asked.handle;
        if (!asked.is_answered()) silence = asked.Words();
        if (specimen.order().offer.kind == ports::PluginKind::kExecutor) break;
      }
    }
    specimen.Destroy(made);
  }
  if (is_answered) return Ok();
  // It may only be slow.
  if (limit < kMorePatience) return AskEverything(specimen, find, kMorePatience);
  return Ok(
      fmt::format("every call ended without an answer: {}; --config may give it one that it "
                  "can answer with",
                  silence));
}

}  // namespace

Finding CheckOneAnswer(Specimen& specimen) { return AskEverything(specimen, &FindMiscount); }

Finding CheckKnownValues(Specimen& specimen) { return AskEverything(specimen, &FindBreach); }

// An attempt, an event and a question may come again, to the same instance or to another one.
Finding CheckRedelivery(Specimen& specimen) {
  const std::string config = specimen.good_configs().front().json;
  const bool is_pure = specimen.offer().offer.is_pure;
  const Question question = OrdinaryQuestions().front();
  for (const host::Function function : FunctionsOf(specimen.offer())) {
    std::optional<Asked> first;
    for (const bool is_another : {false, true}) {
      const Made made = specimen.Create(config);
      if (!made.is_good()) return Failed("an instance", "create() refused: " + made.said);
      for (int time = 0; time < 2; ++time) {
        specimen.Say(fmt::format("{}() was running", NameOf(function)));
        const Asked asked =
            Ask(made.instance, specimen.offer(), specimen.environment(), function, question);
        if (!first) first = asked;
        const std::string again =
            fmt::format("{} from {}() when {} was asked the same again, after {}", asked.Words(),
                        NameOf(function), is_another ? "another instance" : "it", first->Words());
        if (FindBreach(function, asked)) return Failed("an answer as good as the first", again);
        if (first->is_answered() && asked.status == GW_INVALID_ARGUMENT) {
          return Failed("an answer as good as the first", again);
        }
        if (is_pure && asked.answer != first->answer) {
          return Failed("the same answer to the same question (it says that it is pure)", again);
        }
      }
      specimen.Destroy(made);
    }
  }
  return Ok();
}

}  // namespace gatewright::check
