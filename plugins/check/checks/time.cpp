// Calls that have to end: because somebody cancelled, or because the deadline has passed.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "plugins/check/ask.h"
#include "plugins/check/checks/checks.h"

namespace gatewright::check {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kLate{250};
constexpr milliseconds kLasts{100};  // an action that is under way then is one that lasts
constexpr milliseconds kGivesUp{1500};

// A call in a thread of its own, which this one may give up: the process ends then.
struct Running {
  std::shared_ptr<std::atomic<bool>> cancelled;
  std::future<Asked> result;
};

Running StartCall(Specimen& specimen, void* instance, host::Function function, Duration limit,
                  bool is_cancelled) {
  Running running{std::make_shared<std::atomic<bool>>(is_cancelled), {}};
  std::packaged_task<Asked()> task([&specimen, instance, function, limit, c = running.cancelled] {
    return Ask(instance, specimen.offer(), specimen.environment(), function,
               OrdinaryQuestions().front(), {.limit = limit, .cancelled = c.get()});
  });
  running.result = task.get_future();
  std::thread(std::move(task)).detach();
  return running;
}

// How late it comes back after `since`; nothing when it does not.
std::optional<milliseconds> WaitFor(Running& running, Clock::time_point since) {
  if (running.result.wait_until(since + kGivesUp) != std::future_status::ready) return std::nullopt;
  return std::chrono::duration_cast<milliseconds>(Clock::now() - since);
}

std::optional<Finding> FindLate(std::optional<milliseconds> took, const std::string& what) {
  if (took && *took <= kLate) return std::nullopt;
  const std::string wanted = fmt::format("the call to end within {} ms", kLate.count());
  // No machine is as busy as that.
  if (!took) return Failed(wanted, fmt::format("no end {} ms {}", kGivesUp.count(), what));
  return TooSlow(wanted, fmt::format("{} ms {}", took->count(), what));
}

}  // namespace

Finding CheckCancel(Specimen& specimen) {
  if (specimen.order().offer.kind != ports::PluginKind::kExecutor) {
    return NotApplicable("only actions are cancelled");
  }
  bool has_lasted = false;
  constexpr std::chrono::seconds kLong{20};
  for (const SampleConfig& config : specimen.good_configs()) {
    const Made made = specimen.Create(config.json);
    if (!made.is_good()) continue;
    specimen.Say("start() was running");
    Running running = StartCall(specimen, made.instance, host::Function::kStart, kLong, false);
    if (running.result.wait_for(kLasts) == std::future_status::ready) {
      specimen.Destroy(made);
      continue;
    }
    has_lasted = true;
    *running.cancelled = true;
    if (auto late = FindLate(WaitFor(running, Clock::now()), "after start() was cancelled")) {
      return *late;
    }
    specimen.Destroy(made);
  }
  if (has_lasted) return Ok();
  return NotApplicable(fmt::format(
      "start() ended by itself within {} ms; --config may give it one that lasts", kLasts.count()));
}

Finding CheckDeadline(Specimen& specimen) {
  for (const SampleConfig& config : specimen.good_configs()) {
    const Made made = specimen.Create(config.json);
    if (!made.is_good()) continue;
    for (const host::Function function : FunctionsOf(specimen.offer())) {
      for (const milliseconds limit : {milliseconds{0}, milliseconds{150}}) {
        specimen.Say(fmt::format("{}() was running", NameOf(function)));
        const auto deadline = Clock::now() + limit;
        Running running = StartCall(specimen, made.instance, function, limit, false);
        if (auto late = FindLate(WaitFor(running, deadline),
                                 fmt::format("after the deadline of {}()", NameOf(function)))) {
          return *late;
        }
      }
    }
    specimen.Destroy(made);
  }
  return Ok();
}

}  // namespace gatewright::check
