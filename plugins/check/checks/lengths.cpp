// Hosts of other minors: structs that end earlier or later than the newest ones.
#include <fmt/format.h>

#include <string>

#include "plugins/check/ask.h"
#include "plugins/check/checks/checks.h"

namespace gatewright::check {
namespace {

Finding AskWith(Specimen& specimen, Lengths lengths, const std::string& how) {
  const Made made = specimen.Create(specimen.good_configs().front().json);
  if (!made.is_good()) return Failed("an instance", "create() refused: " + made.said);
  for (const host::Function function : FunctionsOf(specimen.offer())) {
    const Question question = OrdinaryQuestions().front();
    specimen.Say(fmt::format("{}() was running, with {}", NameOf(function), how));
    const Asked usual =
        Ask(made.instance, specimen.offer(), specimen.environment(), function, question);
    const Asked asked = Ask(made.instance, specimen.offer(), specimen.environment(), function,
                            question, {.lengths = lengths, .minor = specimen.minor()});
    if (auto problem = FindBreach(function, asked)) {
      problem->found += ", with " + how;
      return *problem;
    }
    if (usual.is_answered() && asked.status == GW_INVALID_ARGUMENT) {
      return Failed("an answer as with the structs of today",
                    fmt::format("{} from {}(), with {}", asked.Words(), NameOf(function), how));
    }
  }
  specimen.Destroy(made);
  return Ok();
}

}  // namespace

Finding CheckShortStructs(Specimen& specimen) {
  return AskWith(specimen, Lengths::kAsDeclared,
                 fmt::format("structs as ABI {}.{} had them, and nothing to be read behind them",
                             specimen.table().abi_major, specimen.minor()));
}

Finding CheckLongStructs(Specimen& specimen) {
  return AskWith(specimen, Lengths::kLonger, "structs that are longer than those of today");
}

}  // namespace gatewright::check
