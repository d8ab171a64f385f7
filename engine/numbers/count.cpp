// Counting what the ledger holds: one pass over the runs, nothing kept.
#include <algorithm>
#include <map>
#include <numeric>

#include "engine/numbers/ledger.h"

namespace gatewright::numbers {
namespace {

Duration Rank(std::vector<Duration>& durations, std::size_t percent) {
  const std::size_t rank = (durations.size() * percent + 99) / 100 - 1;
  const auto nth = durations.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(durations.begin(), nth, durations.end());
  return *nth;
}

struct StageTimes {
  std::vector<Duration> people;
  std::vector<Duration> held;
  std::vector<Duration> machine;
};

// What is collected before it is counted.
class Counter {
 public:
  Counter(const Question& question, const std::vector<std::string>& names)
      : question_(question), names_(names) {
    for (Time from = question.since; from < question.until; from += question.bucket) {
      numbers_.series.push_back({.from = from});
    }
    lead_times_.resize(numbers_.series.size());
  }

  bool IsWanted(std::uint32_t workflow) const {
    return question_.workflow.empty() || names_[workflow] == question_.workflow;
  }
  bool IsWithin(Time at) const { return at >= question_.since && at < question_.until; }

  void Submitted(Time at) {
    ++numbers_.submitted;
    ++At(at).submitted;
  }

  void Ended(const RunFacts& run) {
    Bucket& bucket = At(*run.ended);
    ++numbers_.ended;
    ++bucket.ended;
    ++numbers_.outcomes[static_cast<std::size_t>(run.outcome) - 1];
    const bool is_good = run.outcome == core::RunOutcome::kSucceeded;
    const Duration took = *run.ended - run.submitted;
    if (is_good) {
      ++bucket.succeeded;
      all_lead_times_.push_back(took);
      lead_times_[IndexOf(*run.ended)].push_back(took);
    }
    if (run.outcome == core::RunOutcome::kRejected) ++bucket.rejected;
    if (run.has_acted) {
      ++numbers_.dora.ended;
      if (run.has_failed) ++numbers_.dora.failed, ++bucket.failed_deployments;
      if (is_good) {
        ++numbers_.dora.deployments;
        ++bucket.deployments;
        deployment_times_.push_back(took);
      }
    }
    for (const StageFacts& stage : run.stages) Add(run.workflow, stage);
  }

  void Failed(Time at, const std::optional<Time>& restored) {
    if (restored && IsWithin(*restored)) restore_times_.push_back(*restored - at);
    if (!restored && IsWithin(at)) ++numbers_.dora.not_restored;
  }

  Numbers Take() && {
    numbers_.lead_time = SpreadOf(std::move(all_lead_times_));
    numbers_.dora.lead_time = SpreadOf(std::move(deployment_times_));
    numbers_.dora.time_to_restore = SpreadOf(std::move(restore_times_));
    for (std::size_t i = 0; i < lead_times_.size(); ++i) {
      if (!lead_times_[i].empty()) numbers_.series[i].lead_time = Rank(lead_times_[i], 50);
    }
    for (auto& [key, times] : stages_) {
      numbers_.stages.push_back({names_[key.first], names_[key.second],
                                 SpreadOf(std::move(times.people)), SpreadOf(std::move(times.held)),
                                 SpreadOf(std::move(times.machine))});
    }
    std::ranges::stable_sort(numbers_.stages, {}, &StageNumbers::workflow);
    return std::move(numbers_);
  }

 private:
  std::size_t IndexOf(Time at) const {
    return static_cast<std::size_t>((at - question_.since) / question_.bucket);
  }
  Bucket& At(Time at) { return numbers_.series[IndexOf(at)]; }

  void Add(std::uint32_t workflow, const StageFacts& stage) {
    GateNumbers& gates = numbers_.gates;
    gates.approved += stage.gates.approved;
    gates.approved_by_policy += stage.gates.approved_by_policy;
    gates.overridden += stage.gates.overridden;
    gates.rejected += stage.gates.rejected;
    gates.expired += stage.gates.expired;
    StageTimes& times = stages_[{workflow, stage.stage}];
    times.people.push_back(stage.people);
    times.held.push_back(stage.held);
    times.machine.push_back(stage.machine);
  }

  const Question& question_;
  const std::vector<std::string>& names_;
  Numbers numbers_;
  std::vector<Duration> all_lead_times_;
  std::vector<Duration> deployment_times_;
  std::vector<Duration> restore_times_;
  std::vector<std::vector<Duration>> lead_times_;  // by bucket
  // By names as they became known: a stage after the one before it.
  std::map<std::pair<std::uint32_t, std::uint32_t>, StageTimes> stages_;
};

}  // namespace

Spread SpreadOf(std::vector<Duration> durations) {
  Spread spread;
  if (durations.empty()) return spread;
  spread.count = static_cast<std::int64_t>(durations.size());
  spread.mean = std::accumulate(durations.begin(), durations.end(), Duration{}) / spread.count;
  spread.median = Rank(durations, 50);
  spread.p90 = Rank(durations, 90);
  return spread;
}

Numbers Ledger::Count(const Question& question) const {
  Counter counter(question, names_);
  for (const auto& [id, run] : runs_) {
    if (!run.is_submitted || !counter.IsWanted(run.workflow)) continue;
    if (counter.IsWithin(run.submitted)) counter.Submitted(run.submitted);
    if (run.ended && counter.IsWithin(*run.ended)) counter.Ended(run);
  }
  for (const Failure& failure : failures_) {
    if (counter.IsWanted(failure.workflow)) counter.Failed(failure.at, failure.restored);
  }
  Numbers numbers = std::move(counter).Take();
  if (known_since_ && *known_since_ >= question.since) numbers.known_since = known_since_;
  return numbers;
}

}  // namespace gatewright::numbers
