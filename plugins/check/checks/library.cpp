// The file, and what happens when it is loaded.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <time.h>

#include <chrono>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include "plugins/check/checks/checks.h"
#include "plugins/host/elf.h"
#include "plugins/host/text.h"

namespace gatewright::check {
namespace {

using std::chrono::milliseconds;

constexpr char kEntrySymbol[] = "gw_plugin_entry";
constexpr milliseconds kLoadTime{1000};
constexpr milliseconds kEntryTime{100};

// Of this process, so that a busy machine makes no difference.
milliseconds CpuTime() {
  timespec spent{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds{spent.tv_sec} +
                                                  std::chrono::nanoseconds{spent.tv_nsec});
}

std::set<std::string> LinesOf(const std::string& text) {
  std::set<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.insert(line);
  return lines;
}

// What a piece of code may not touch and may not take long for.
class Trace {
 public:
  explicit Trace(const Specimen& specimen)
      : specimen_(specimen),
        usage_(specimen.meters().Read()),
        state_(LinesOf(ProcessWideState())),
        began_(CpuTime()) {}

  std::optional<Finding> FindProblem(milliseconds limit) const {
    const milliseconds took = CpuTime() - began_;
    if (took > limit) {
      return TooSlow(fmt::format("at most {} ms of computing", limit.count()),
                     fmt::format("{} ms", took.count()));
    }
    const Usage now = specimen_.meters().Read();
    const std::string nothing = "no side effect";
    if (now.threads > usage_.threads) {
      return Failed(nothing, fmt::format("{} more threads", now.threads - usage_.threads));
    }
    if (now.descriptors != usage_.descriptors) {
      return Failed(nothing, fmt::format("{} open descriptors instead of {}", now.descriptors,
                                         usage_.descriptors));
    }
    const std::set<std::string> state = LinesOf(ProcessWideState());
    for (const std::string& line : state) {
      if (!state_.contains(line)) return Failed(nothing, host::CleanLine(line));
    }
    if (state != state_) return Failed(nothing, "a setting of the whole process is gone");
    return std::nullopt;
  }

 private:
  const Specimen& specimen_;
  Usage usage_;
  std::set<std::string> state_;
  milliseconds began_;
};

}  // namespace

Finding CheckFile(Specimen& specimen) {
  const auto bytes = specimen.ReadFile();
  if (!bytes) return Failed("a plugin", bytes.error().message);
  const std::string problem = host::FindElfProblem(*bytes, kEntrySymbol);
  return problem.empty() ? Ok() : Failed("a plugin", problem);
}

Finding CheckOneExport(Specimen& specimen) {
  const auto bytes = specimen.ReadFile();
  if (!bytes) return Failed("a plugin", bytes.error().message);
  std::vector<std::string> names = host::FindExports(*bytes);
  if (names == std::vector<std::string>{kEntrySymbol}) return Ok();
  constexpr std::size_t kShown = 5;
  const std::size_t count = names.size();
  if (count > kShown) names.resize(kShown);
  return Failed(
      fmt::format("one exported symbol, {}; link with the SDK's plugin.map, as "
                  "gatewright_add_plugin() and pkg-config do",
                  kEntrySymbol),
      fmt::format("{}: {}{}", count, host::CleanLine(fmt::format("{}", fmt::join(names, ", "))),
                  count > kShown ? ", …" : ""));
}

Finding CheckLoad(Specimen& specimen) {
  specimen.Say("its constructors were running");
  const Trace trace(specimen);
  if (auto opened = specimen.Open(); !opened) {
    return Failed("the dynamic linker to accept it", opened.error().message);
  }
  return trace.FindProblem(kLoadTime).value_or(Ok());
}

Finding CheckEntry(Specimen& specimen) {
  const auto entry = specimen.entry();
  specimen.Say("gw_plugin_entry() was running");
  const Trace trace(specimen);
  const gw_plugin* first = nullptr;
  const gw_plugin* second = nullptr;
  try {
    first = entry();
    second = entry();
  } catch (...) {
    return Failed("gw_plugin_entry() to return", "an exception");
  }
  if (first == nullptr) return Failed("a table from gw_plugin_entry()", "a null pointer");
  if (first != second) return Failed("the same table each time", "another one");
  return trace.FindProblem(kEntryTime).value_or(Ok());
}

}  // namespace gatewright::check
