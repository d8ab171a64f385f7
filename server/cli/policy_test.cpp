// server/cli/policy_test.cpp: `gatewright policy test --last N NEW.yaml`: what the policies of
// another version of a workflow would have said of the gates of its last runs, by the stored
// subjects and at the stored times. Reads the database; writes nothing.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "engine/codec/events.h"
#include "engine/core/apply.h"
#include "engine/core/tally.h"
#include "engine/simulation/script_workflow.h"
#include "engine/storage/check.h"
#include "server/cli/commands.h"
#include "server/cli/open_plugins.h"
#include "server/cli/replay.h"

namespace gatewright::cli {
namespace {

using Entries = std::vector<ports::Entry>;

constexpr Duration kLimit = std::chrono::seconds{5};
// Policies that look at nothing but the subject and the time: asked again, they say the same.
constexpr std::array<std::string_view, 3> kReplayable = {"match", "expr", "window"};

// One opening of a gate, as it went and as it would have gone.
struct Opening {
  RunId run;
  StageName stage;
  Epoch epoch{1};
  std::map<std::string, std::string> then;  // by policy: what it said
  std::map<std::string, std::string> now;
  std::vector<std::pair<Time, core::Vote>> people;  // their votes, in order
  std::vector<core::Vote> policies;                 // what they would say now
  std::optional<Time> satisfied_then;
  bool is_decided = false;
};

std::string Word(core::Choice choice) { return std::string(core::ToString(choice)); }

class Replaying {
 public:
  Replaying(const runtime::Revision& revision, std::vector<std::string>& skipped)
      : revision_(revision), skipped_(skipped) {}

  Result<std::vector<Opening>> Run(const Entries& entries) {
    core::Run run;
    run.id = entries.front().run;
    openings_.clear();
    for (const ports::Entry& entry : entries) {
      GW_TRY(events, codec::EventsFromJson(entry.events_json));
      const core::Stamp stamp{entry.at, PrincipalId{entry.actor}};
      core::ApplyEntry(run, events, stamp);
      for (const core::Event& event : events) Look(run, event, entry.at);
    }
    return std::move(openings_);
  }

 private:
  Opening* Find(const StageName& stage, Epoch epoch) {
    const auto found = std::ranges::find_if(
        openings_, [&](const Opening& one) { return one.stage == stage && one.epoch == epoch; });
    return found == openings_.end() ? nullptr : &*found;
  }

  void Look(const core::Run& run, const core::Event& event, Time at) {
    if (const auto* opened = std::get_if<core::GateOpened>(&event)) {
      openings_.push_back({run.id, opened->stage, opened->epoch, {}, {}, {}, {}, {}, false});
      Ask(run, openings_.back(), at);
    } else if (const auto* cast = std::get_if<core::VoteCast>(&event)) {
      Opening* opening = Find(cast->stage, cast->epoch);
      if (opening == nullptr) return;
      if (cast->kind == core::PrincipalKind::kPolicy) {
        opening->then[NameOf(cast->voter)] =
            Word(cast->choice) + (cast->is_shadow ? " (watched)" : "");
        return;
      }
      core::Vote vote;
      vote.voter = cast->voter;
      vote.kind = cast->kind;
      vote.is_everybody = cast->is_everybody;
      vote.choice = cast->choice;
      vote.rules = cast->rules;
      vote.on_behalf_of = cast->on_behalf_of;
      vote.at = at;
      opening->people.emplace_back(at, std::move(vote));
    } else if (const auto* satisfied = std::get_if<core::GateSatisfied>(&event)) {
      if (Opening* opening = Find(satisfied->stage, satisfied->epoch)) {
        opening->satisfied_then = at;
        opening->is_decided = true;
      }
    } else if (const auto* rejected = std::get_if<core::GateRejected>(&event)) {
      if (Opening* opening = Find(rejected->stage, rejected->epoch)) opening->is_decided = true;
    } else if (const auto* expired = std::get_if<core::GateExpired>(&event)) {
      if (Opening* opening = Find(expired->stage, expired->epoch)) opening->is_decided = true;
    }
  }

  static std::string NameOf(const PrincipalId& policy) {
    constexpr std::string_view kPrefix = "policy:";
    const std::string& id = policy.value;
    return id.starts_with(kPrefix) ? id.substr(kPrefix.size()) : id;
  }

  void Ask(const core::Run& run, Opening& opening, Time at) {
    const core::StageSpec* stage = revision_.workflow.FindStage(opening.stage);
    if (stage == nullptr || !stage->gate) return;
    for (const core::AutoVoter& voter : stage->gate->auto_voters) {
      const auto found = revision_.policies.find({opening.stage, voter.id});
      const bool is_replayable =
          std::ranges::find(kReplayable, voter.use.plugin) != kReplayable.end();
      if (!is_replayable || found == revision_.policies.end() || found->second == nullptr) {
        if (std::ranges::find(skipped_, voter.id) == skipped_.end()) skipped_.push_back(voter.id);
        continue;
      }
      ports::Context context;
      context.run = run.id;
      context.workflow = run.workflow.value;
      context.stage = opening.stage.value;
      context.epoch = opening.epoch.value;
      context.requester = run.requester.value;
      context.subject_json = run.subject_json;
      context.subject_digest = run.subject_digest;
      context.now = at;
      Record(voter, found->second->Evaluate(context, kLimit), opening);
    }
  }

  static void Record(const core::AutoVoter& voter, const Result<ports::PolicyVerdict>& verdict,
                     Opening& opening) {
    const std::string shadow = voter.is_shadow ? " (watched)" : "";
    if (!verdict) {
      opening.now[voter.id] = "abstain" + shadow;
      return;
    }
    constexpr std::string_view kWords[] = {"", "approve", "reject", "abstain", "wait"};
    opening.now[voter.id] = std::string(kWords[static_cast<std::size_t>(verdict->choice)]) + shadow;
    const bool is_counted = !voter.is_shadow && (verdict->choice == ports::PolicyChoice::kApprove ||
                                                 verdict->choice == ports::PolicyChoice::kReject);
    if (!is_counted) return;
    core::Vote vote;
    vote.voter = PrincipalId{"policy:" + voter.id};
    vote.kind = core::PrincipalKind::kPolicy;
    vote.choice = verdict->choice == ports::PolicyChoice::kApprove ? core::Choice::kApprove
                                                                   : core::Choice::kReject;
    if (vote.choice == core::Choice::kApprove) vote.rules = voter.fills;
    opening.policies.push_back(std::move(vote));
  }

  const runtime::Revision& revision_;
  std::vector<std::string>& skipped_;
  std::vector<Opening> openings_;
};

// How the gate would have gone with these policies and the votes people really cast.
struct Fate {
  core::GateOutcome outcome = core::GateOutcome::kPending;
  std::optional<Time> at;  // none: at once, when it opened
};

Fate FateOf(const core::GateSpec& gate, const Opening& opening) {
  std::vector<core::Vote> votes = opening.policies;
  Fate fate{core::Tally(gate, votes), std::nullopt};
  for (const auto& [at, vote] : opening.people) {
    if (fate.outcome != core::GateOutcome::kPending) return fate;
    std::erase_if(votes, [&](const core::Vote& other) { return other.slot() == vote.slot(); });
    if (vote.choice != core::Choice::kWithdraw) votes.push_back(vote);
    fate = {core::Tally(gate, votes), at};
  }
  return fate;
}

class Summary {
 public:
  explicit Summary(const core::Workflow& workflow) : workflow_(workflow) {}

  void Add(const Opening& opening) {
    const core::StageSpec* stage = workflow_.FindStage(opening.stage);
    if (stage == nullptr || !stage->gate) {
      ++gone_;
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
      if (before != word) {
        fmt::print("run {}, gate {}{}: policy '{}': {} → {}\n", opening.run.value,
                   opening.stage.value, EpochText(opening), policy, before, word);
      }
    }
    Compare(opening, FateOf(*stage->gate, opening));
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

  void Compare(const Opening& opening, const Fate& fate) {
    const bool is_satisfied = fate.outcome == core::GateOutcome::kSatisfied;
    if (is_satisfied && !opening.satisfied_then) {
      ++gained_;
      Say(opening, "would have been satisfied; it was not");
    } else if (!is_satisfied && opening.satisfied_then) {
      ++lost_;
      Say(opening, fate.outcome == core::GateOutcome::kRejected
                       ? "would have been rejected; it was satisfied"
                       : "would not have been satisfied by the votes there were");
    } else if (is_satisfied && (!fate.at || *fate.at < *opening.satisfied_then)) {
      // A policy answers a moment after the opening: that alone is nothing new.
      const bool was_by_policy = std::ranges::any_of(
          opening.then, [](const auto& one) { return one.second == "approve"; });
      if (!fate.at && was_by_policy && opening.people.empty()) return;
      ++earlier_;
      Say(opening, fate.at ? fmt::format("would have been satisfied at {} instead of {}",
                                         FormatTime(*fate.at), FormatTime(*opening.satisfied_then))
                           : fmt::format("would have been satisfied at once instead of {}",
                                         FormatTime(*opening.satisfied_then)));
    }
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

// The newest runs of the workflow. The log is verified on the way: what is not what was written
// says nothing about the past.
Result<std::map<RunId, Entries>> NewestRuns(const std::string& path, const WorkflowName& workflow,
                                            std::size_t last) {
  std::map<RunId, Entries> newest;
  const auto keep = [&](const Entries& entries) -> Result<storage::Projection> {
    GW_TRY(events, codec::EventsFromJson(entries.front().events_json));
    const auto* created = events.empty() ? nullptr : std::get_if<core::RunCreated>(&events.front());
    if (created != nullptr && created->workflow == workflow) {
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
  Replaying replaying(**revision, skipped);
  Summary summary(workflow);
  for (const auto& [id, entries] : runs.value()) {
    const auto openings = replaying.Run(entries);
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
