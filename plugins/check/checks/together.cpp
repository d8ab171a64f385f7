// Several calls at once: into two instances, and into one that says it can take them.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "plugins/check/ask.h"
#include "plugins/check/checks/checks.h"

namespace gatewright::check {
namespace {

// Holds the first callers for a moment, so that as many as there are to be really are inside.
class Meeting {
 public:
  explicit Meeting(int wanted) : wanted_(wanted) {}

  void Arrive() {
    std::unique_lock lock(mutex_);
    ++inside_;
    everybody_.notify_all();
    everybody_.wait_for(lock, std::chrono::milliseconds{100},
                        [this] { return inside_ >= wanted_; });
  }

 private:
  const int wanted_;
  std::mutex mutex_;
  std::condition_variable everybody_;
  int inside_ = 0;
};

// Each of these threads asks `times`, one and the same thing as the one before.
std::optional<Finding> AskTogether(Specimen& specimen, const std::vector<void*>& instances,
                                   int times) {
  for (const host::Function function : FunctionsOf(specimen.offer())) {
    specimen.Say(fmt::format("{} calls of {}() were running", instances.size(), NameOf(function)));
    Meeting meeting(static_cast<int>(instances.size()));
    std::mutex mutex;
    std::optional<Finding> problem;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < instances.size(); ++i) {
      threads.emplace_back([&, i] {
        for (int time = 0; time < times; ++time) {
          Question question = OrdinaryQuestions().front();
          question.attempt_id += fmt::format("-{}-{}", i, time);
          std::atomic<bool> has_met{time > 0};
          AskOptions options;
          options.on_touch = [&meeting, &has_met] {
            if (!has_met.exchange(true)) meeting.Arrive();
          };
          const Asked asked = Ask(instances[i], specimen.offer(), specimen.environment(), function,
                                  question, options);
          const std::lock_guard lock(mutex);
          if (auto found = FindBreach(function, asked); found && !problem) problem = found;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    if (problem) {
      problem->found += fmt::format(", when {} calls were inside at once", instances.size());
      return problem;
    }
  }
  return std::nullopt;
}

int TimesOf(const Specimen& specimen) {
  return specimen.order().offer.kind == ports::PluginKind::kExecutor ? 2 : 50;
}

}  // namespace

Finding CheckTwoInstances(Specimen& specimen) {
  const std::string config = specimen.good_configs().front().json;
  specimen.Say("two instances were being made");
  Made first, second;
  std::thread other([&] { first = specimen.Create(config); });
  second = specimen.Create(config);
  other.join();
  if (!first.is_good() || !second.is_good()) {
    return Failed("two instances at once",
                  fmt::format("create() refused one of them: {}", first.said + second.said));
  }
  if (auto problem = AskTogether(specimen, {first.instance, second.instance}, TimesOf(specimen))) {
    return *problem;
  }
  // One of them goes, the other stays.
  specimen.Destroy(first);
  if (auto problem = AskTogether(specimen, {second.instance}, 1)) {
    problem->found += ", after another instance was destroyed";
    return *problem;
  }
  specimen.Destroy(second);
  return Ok();
}

Finding CheckConcurrency(Specimen& specimen) {
  if (!specimen.offer().is_concurrent()) {
    return NotApplicable("it does not say GW_CONCURRENT: one call at a time");
  }
  const Made made = specimen.Create(specimen.good_configs().front().json);
  if (!made.is_good()) return Failed("an instance", "create() refused: " + made.said);
  constexpr std::size_t kThreads = 4;
  const std::vector<void*> same(kThreads, made.instance);
  if (auto problem = AskTogether(specimen, same, TimesOf(specimen))) return *problem;
  specimen.Destroy(made);
  return Ok();
}

}  // namespace gatewright::check
