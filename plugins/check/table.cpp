#include "plugins/check/table.h"

#include <algorithm>
#include <array>

#include "plugins/check/checks/checks.h"

namespace gatewright::check {
namespace {

using std::chrono::seconds;

constexpr auto kChecks = std::to_array<Check>({
    {"file", "is a whole shared library for this machine with the function gw_plugin_entry()",
     Scope::kLibrary, &CheckFile},
    {"one-export", "shows the linker one symbol, gw_plugin_entry", Scope::kLibrary,
     &CheckOneExport},
    {"load", "is loaded quickly, and that alone changes nothing", Scope::kLibrary, &CheckLoad},
    {"entry", "gw_plugin_entry() returns the same table each time, quickly, and changes nothing",
     Scope::kLibrary, &CheckEntry},
    {"abi", "was built for an ABI that this server speaks", Scope::kLibrary, &CheckAbi},
    {"descriptor", "its tables are complete", Scope::kLibrary, &CheckDescriptor},
    {"schema", "every config schema is a JSON Schema that takes its own examples", Scope::kLibrary,
     &CheckSchema},
    {"strict-config", "the schema refuses a key that it does not know", Scope::kOffer,
     &CheckStrictConfig},
    {"no-exception", "no exception leaves the library", Scope::kOffer, &CheckNoException},
    {"create", "create() takes what the schema takes", Scope::kOffer, &CheckCreate},
    {"leaks", "1000 instances, made and destroyed, leave nothing behind", Scope::kOffer,
     &CheckLeaks, seconds{60}},
    {"one-answer", "a call that succeeds has answered exactly once, in its own kind", Scope::kOffer,
     &CheckOneAnswer, seconds{60}},
    {"known-values", "answers and statuses are such as the ABI knows", Scope::kOffer,
     &CheckKnownValues, seconds{60}},
    {"redelivery", "the same again is answered again", Scope::kOffer, &CheckRedelivery,
     seconds{60}},
    {"cancel", "an action that is cancelled ends within 250 ms", Scope::kOffer, &CheckCancel,
     seconds{30}},
    {"deadline", "every call ends within 250 ms of its deadline", Scope::kOffer, &CheckDeadline,
     seconds{30}},
    {"two-instances", "two instances at once do not meet", Scope::kOffer, &CheckTwoInstances,
     seconds{60}},
    {"concurrency", "what says it is concurrent takes several calls at once", Scope::kOffer,
     &CheckConcurrency, seconds{60}},
    {"short-structs", "reads no further than the structs of the ABI that it was built for",
     Scope::kOffer, &CheckShortStructs},
    {"long-structs", "takes the longer structs of a newer server", Scope::kOffer,
     &CheckLongStructs},
    {"strange-inputs", "answers whatever it is asked", Scope::kOffer, &CheckStrangeInputs,
     seconds{60}},
});

}  // namespace

std::span<const Check> AllChecks() { return kChecks; }

const Check* FindCheck(std::string_view name) {
  const auto found = std::ranges::find(kChecks, name, &Check::name);
  return found == kChecks.end() ? nullptr : &*found;
}

}  // namespace gatewright::check
