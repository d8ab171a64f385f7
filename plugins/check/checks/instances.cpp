// Instances: that they are made, and that nothing is left of them.
#include <fmt/format.h>

#include <string>

#include "plugins/check/ask.h"
#include "plugins/check/checks/checks.h"
#include "plugins/host/text.h"

namespace gatewright::check {
namespace {

constexpr std::size_t kInstances = 1000;
constexpr std::size_t kRound = 25;  // instances; a leak of each is found before a limit is hit
constexpr int kMostThreads = 10;    // of difference between two rounds that are none
constexpr std::size_t kBytesEach = 16;
constexpr std::size_t kMappedEach = 4096;

std::string Short(const std::string& config) { return host::CleanLine(config, 200); }

std::string WhyNone(const Specimen& specimen, const std::string& refusal) {
  if (refusal.empty()) {
    return "no config could be made from the schema; give one with --config, or put examples "
           "into the schema";
  }
  return fmt::format("{}; give a config with --config, or put examples into the schema{}", refusal,
                     specimen.order().configs.empty() ? "" : " (this one is from --config)");
}

}  // namespace

Finding CheckNoException(Specimen& specimen) {
  for (const SampleConfig& sample : specimen.samples()) {
    specimen.Say("create() was running");
    const Made made = specimen.Create(sample.json);
    if (made.has_thrown) {
      return Failed("no exception to leave the library", "one that came out of create()");
    }
    if (!made.is_good()) continue;
    for (const host::Function function : FunctionsOf(specimen.offer())) {
      specimen.Say(fmt::format("{}() was running", NameOf(function)));
      const Asked asked = Ask(made.instance, specimen.offer(), specimen.environment(), function,
                              OrdinaryQuestions().front());
      if (auto problem = FindThrow(function, asked)) return *problem;
    }
    specimen.Say("destroy() was running");
    try {
      specimen.Destroy(made);
    } catch (...) {
      return Failed("no exception to leave the library", "one that came out of destroy()");
    }
  }
  return Ok();
}

Finding CheckCreate(Specimen& specimen) {
  std::string refusal;
  bool is_any_good = false;
  for (const SampleConfig& sample : specimen.samples()) {
    specimen.Say("create() was running");
    const Made made = specimen.Create(sample.json);
    if (made.is_good()) {
      specimen.Destroy(made);
      is_any_good = true;
      continue;
    }
    const std::string words =
        fmt::format("create() refuses {}: {}", Short(sample.json),
                    made.said.empty() ? fmt::format("status {}, without saying why", made.status)
                                      : host::CleanLine(made.said, 300));
    if (made.status < GW_OK || made.status >= GW_INTERNAL) {
      return Failed("an instance, or a reason why there can be none now", words);
    }
    const bool is_from_schema = sample.is_example && specimen.order().configs.empty();
    if (is_from_schema && made.status == GW_INVALID_ARGUMENT) {
      return Failed("create() to take the examples of its schema", words);
    }
    refusal = words;
  }
  if (!is_any_good) return NotChecked(WhyNone(specimen, refusal));
  return Ok();
}

Finding CheckLeaks(Specimen& specimen) {
  const std::string config = specimen.good_configs().front().json;
  const auto make_some = [&]() -> std::optional<Finding> {
    for (std::size_t i = 0; i < kRound; ++i) {
      const Made made = specimen.Create(config);
      if (!made.is_good()) {
        return Failed("the same config to be taken again and again",
                      fmt::format("create() refused it: {}", made.said));
      }
      specimen.Destroy(made);
    }
    return std::nullopt;
  };
  specimen.Say("instances were made and destroyed");
  // What is made once and kept, such as caches, is no leak.
  if (auto problem = make_some()) return *problem;
  const Usage before = specimen.meters().Read();
  for (std::size_t made = 0; made < kInstances; made += kRound) {
    if (auto problem = make_some()) return *problem;
    const Usage now = specimen.meters().ReadSettled(before.threads);
    if (now.descriptors > before.descriptors + kMostThreads) {
      return Failed("no descriptor to stay open",
                    fmt::format("{} more after {} instances", now.descriptors - before.descriptors,
                                made + kRound));
    }
    if (now.threads > before.threads + kMostThreads) {
      return Failed("no thread to go on", fmt::format("{} more after {} instances",
                                                      now.threads - before.threads, made + kRound));
    }
  }
  const Usage after = specimen.meters().Read();
  if (after.heap_bytes >= before.heap_bytes + kInstances * kBytesEach) {
    return Failed("no memory to stay allocated",
                  fmt::format("{} bytes for each of {} instances",
                              (after.heap_bytes - before.heap_bytes) / kInstances, kInstances));
  }
  if (after.mapped_bytes >= before.mapped_bytes + kInstances * kMappedEach) {
    return Failed("no memory to stay mapped",
                  fmt::format("{} bytes for each of {} instances",
                              (after.mapped_bytes - before.mapped_bytes) / kInstances, kInstances));
  }
  return Ok();
}

}  // namespace gatewright::check
