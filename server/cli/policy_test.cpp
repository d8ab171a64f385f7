// server/cli/policy_test.cpp: `gatewright policy test --last N NEW.yaml`: what the policies of
// another version of a workflow would have said of the gates of its last runs, by the stored
// subjects and at the stored times. Reads the database; writes nothing.
#include <fmt/format.h>

#include <map>

#include "engine/codec/events.h"
#include "engine/simulation/script_workflow.h"
#include "engine/storage/check.h"
#include "server/cli/commands.h"
#include "server/cli/open_plugins.h"
#include "server/cli/policy_replay.h"
#include "server/cli/replay.h"

namespace gatewright::cli {
namespace {

using Entries = std::vector<ports::Entry>;

// A policy answers a moment after the opening: that alone is nothing new.
constexpr Duration kAnswerTime = std::chrono::seconds{10};

class Summary {
 public:
  explicit Summary(const core::Workflow& workflow) : workflow_(workflow) {}

  void Add(const Opening& opening) {
    const core::StageSpec* stage = workflow_.FindStage(opening.stage);
    if (stage == nullptr || !stage->gate) {
      if (opening.is_asked) ++gone_;
      return;
    }
    ++gates_;
    for (const auto& [policy, word] : opening.now) {
      Counts& counts = by_policy_[policy];
      ++counts.asked;
      const auto then = opening.then.find(policy);
      const std::string before = then == opening.then.end() ? "not asked" : then->second;
      if (word.starts_with("approve")) ++counts.approves;
      if (before.starts_with("approve")) ++counts.approved;
      if (before != word && !IsSilence(opening, before, word)) {
        fmt::print("run {}, gate {}{}: policy '{}': {} → {}\n", opening.run.value,
                   opening.stage.value, EpochText(opening), policy, before, word);
      }
    }
    Compare(opening);
  }

  void Print(std::size_t runs, const std::vector<std::string>& skipped) const {
    fmt::print("{} runs of '{}', {} openings of gates\n", runs, workflow_.name.value, gates_);
    for (const auto& [policy, counts] : by_policy_) {
      fmt::print("policy '{}': would have approved {} of {} (then: {})\n", policy, counts.approves,
                 counts.asked, counts.approved);
    }
    fmt::print("gates: {} satisfied earlier, {} satisfied that were not, {} no longer satisfied\n",
               earlier_, gained_, lost_);
    if (gone_ != 0) fmt::print("{} openings of gates that it does not have\n", gone_);
    for (const std::string& policy : skipped) {
      fmt::print(
          "policy '{}' was not asked: it looks at more than the subject and the time, or "
          "its plugin is not here\n",
          policy);
    }
  }

 private:
  struct Counts {
    std::size_t asked = 0;
    std::size_t approves = 0;
    std::size_t approved = 0;  // then
  };

  static std::string EpochText(const Opening& opening) {
    return opening.epoch.value == 1 ? "" : fmt::format(" (opening {})", opening.epoch.value);
  }

  // No answer then may mean that there was none yet: it waited, or another was faster.
  static bool IsSilence(const Opening& opening, std::string_view before, std::string_view word) {
    if (before != "not asked") return false;
    if (word.starts_with("wait")) return true;
    return opening.is_by_policy_then && opening.satisfied_then &&
           *opening.satisfied_then - opening.opened_at < kAnswerTime;
  }

  void Compare(const Opening& opening) {
    const bool is_satisfied = opening.outcome == core::GateOutcome::kSatisfied;
    const bool is_rejected = opening.outcome == core::GateOutcome::kRejected;
    if (is_satisfied && !opening.satisfied_then) {
      ++gained_;
      return Say(opening, "would have been satisfied; it was not");
    }
    if (!opening.satisfied_then) return;
    const Time then = *opening.satisfied_then;
    if (!is_satisfied) {
      // An override or time passes the gate without votes, and so they would again.
      if (opening.is_asked && !opening.is_passed_by_votes && !is_rejected) return;
      ++lost_;
      return Say(opening, is_rejected ? "would have been rejected; it was satisfied"
                                      : "would not have been satisfied by the votes there were");
    }
    if (opening.decided_at >= then) return;
    const bool is_by_policy = opening.is_by_policy_then && opening.is_by_policy_now;
    if (is_by_policy && then - opening.decided_at < kAnswerTime) return;
    ++earlier_;
    Say(opening,
        opening.decided_at == opening.opened_at
            ? fmt::format("would have been satisfied at once instead of {}", FormatTime(then))
            : fmt::format("would have been satisfied at {} instead of {}",
                          FormatTime(opening.decided_at), FormatTime(then)));
  }

  static void Say(const Opening& opening, std::string_view what) {
    fmt::print("run {}, gate {}{}: {}\n", opening.run.value, opening.stage.value,
               EpochText(opening), what);
  }

  const core::Workflow& workflow_;
  std::map<std::string, Counts> by_policy_;
  std::size_t gates_ = 0;
  std::size_t gone_ = 0;
  std::size_t earlier_ = 0;
  std::size_t gained_ = 0;
  std::size_t lost_ = 0;
};

// Of a run whose first event this is; empty for anything else.
WorkflowName WorkflowOf(const core::Event& first) {
  if (const auto* created = std::get_if<core::RunCreated>(&first)) return created->workflow;
  if (const auto* drafted = std::get_if<core::RunDrafted>(&first)) return drafted->workflow;
  return WorkflowName{};
}

// The newest runs of the workflow. The log is verified on the way: what is not what was written
// says nothing about the past.
Result<std::map<RunId, Entries>> NewestRuns(const std::string& path, const WorkflowName& workflow,
                                            std::size_t last) {
  std::map<RunId, Entries> newest;
  const auto keep = [&](const Entries& entries) -> Result<storage::Projection> {
    GW_TRY(events, codec::EventsFromJson(entries.front().events_json));
    if (!events.empty() && WorkflowOf(events.front()) == workflow) {
      newest[entries.front().run] = entries;
      if (newest.size() > last) newest.erase(newest.begin());
    }
    return ReplayRows(entries);
  };
  GW_TRY(report, storage::CheckDatabase(path, keep, ReplaySite));
  if (!report.is_good()) {
    return Error{ErrorCode::kCorrupt, fmt::format("{}: {}", path, report.problem)};
  }
  return newest;
}

}  // namespace

int RunPolicyTest(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  ports::NullLog log;
  auto plugins = OpenPlugins(configuration->settings, log);
  if (!plugins) {
    PrintError(plugins.error().message);
    return kExitUsage;
  }
  auto revision = simulation::OpenWorkflow(arguments.simulated_file, **plugins);
  if (!revision) {
    PrintError(revision.error().message);
    return kExitUsage;
  }
  const core::Workflow& workflow = (*revision)->workflow;
  const auto runs = NewestRuns(configuration->settings.db_path, workflow.name, arguments.last_runs);
  if (!runs) {
    PrintError(runs.error().message);
    return runs.error().code == ErrorCode::kCorrupt ? kExitFailure : kExitUsage;
  }
  std::vector<std::string> skipped;
  Summary summary(workflow);
  for (const auto& [id, entries] : runs.value()) {
    const auto openings = ReplayGates(**revision, entries, skipped);
    if (!openings) {
      PrintError(openings.error().message);
      return kExitFailure;
    }
    for (const Opening& opening : openings.value()) summary.Add(opening);
  }
  summary.Print(runs->size(), skipped);
  return kExitOk;
}

}  // namespace gatewright::cli
