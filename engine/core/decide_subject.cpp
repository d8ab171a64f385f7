#include "engine/core/decide_subject.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/base/assert.h"
#include "engine/core/rollback.h"

namespace gatewright::core {
namespace {

bool IsPolicy(const Vote& vote) { return vote.kind == PrincipalKind::kPolicy; }
bool IsAny(const Vote&) { return true; }

// The stages whose votes are void, as each reached gate says for itself.
std::set<std::size_t> VoidStages(const Case& at, const std::vector<StageName>& kept) {
  std::set<std::size_t> voided;
  const auto& stages = at.workflow.stages;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const Stage* reached = at.run.FindStage(stages[i].name);
    if (reached == nullptr || !reached->gate || !stages[i].gate) continue;
    const VoteRules& rules = stages[i].gate->votes;
    switch (rules.on_subject_change) {
      case OnSubjectChange::kReset:
        voided.insert(i);
        break;
      case OnSubjectChange::kResetFrom:
        for (std::size_t j = at.workflow.IndexOf(rules.reset_from); j < stages.size(); ++j) {
          voided.insert(j);
        }
        break;
      case OnSubjectChange::kKeepIf:
        if (std::ranges::find(kept, stages[i].name) == kept.end()) voided.insert(i);
        break;
    }
  }
  return voided;
}

const Attempt* FirstAttempt(const Run& run) {
  return run.attempts.empty() ? nullptr : &run.attempts.front();
}

// The stage at which a run that has ended is taken up again: the one it never left.
const Stage* StageToRetry(const Run& run) {
  const auto found = std::ranges::find(run.stages, StageState::kCurrent, &Stage::state);
  return found == run.stages.end() ? nullptr : &*found;
}

bool MayReuse(const GateSpec& spec, const Gate& gate, Time now) {
  return spec.votes.reuse_within && gate.decided_at && gate.outcome == GateOutcome::kSatisfied &&
         now <= *gate.decided_at + *spec.votes.reuse_within;
}

StageName Mapped(const std::vector<StageMapping>& mappings, const StageName& stage) {
  const auto found = std::ranges::find(mappings, stage, &StageMapping::from);
  return found == mappings.end() ? stage : found->to;
}

// The run's stage that is called `name` in the target; null when the run has not reached it.
const Stage* ReachedAs(const Run& run, const MigrateRun& command, const StageName& name) {
  const auto found = std::ranges::find_if(
      run.stages, [&](const Stage& stage) { return Mapped(command.stages, stage.name) == name; });
  return found == run.stages.end() ? nullptr : &*found;
}

// Stages this run has reached that the target has no place for.
std::vector<std::string_view> Homeless(const Run& run, const MigrateRun& command) {
  std::vector<std::string_view> names;
  for (const Stage& stage : run.stages) {
    if (stage.state == StageState::kSkipped || IsRollback(stage.name)) continue;
    if (command.target->FindStage(Mapped(command.stages, stage.name)) == nullptr) {
      names.push_back(stage.name.value);
    }
  }
  return names;
}

std::string WhyNotMigrated(const Run& run, const MigrateRun& command) {
  for (const StageMapping& mapping : command.stages) {
    if (command.target->FindStage(mapping.to) == nullptr) {
      return fmt::format("version {} has no stage '{}'", command.target->version.value,
                         mapping.to.value);
    }
  }
  const auto homeless = Homeless(run, command);
  if (!homeless.empty()) {
    return fmt::format("version {} has no stage for {}; map each to one of it",
                       command.target->version.value, fmt::join(homeless, ", "));
  }
  std::set<StageName> targets;
  std::size_t last = 0;
  for (const Stage& stage : run.stages) {
    if (IsRollback(stage.name)) continue;
    const StageName to = Mapped(command.stages, stage.name);
    if (!targets.insert(to).second) {
      return fmt::format("two stages of run {} would become '{}'", run.id.value, to.value);
    }
    if (stage.state == StageState::kSkipped) continue;
    const std::size_t index = command.target->IndexOf(to);
    if (index < last) {
      return fmt::format("stage '{}' comes earlier in version {} than a stage that was before it",
                         to.value, command.target->version.value);
    }
    last = index;
  }
  return "";
}

// Where a migrated run goes on. Behind an action that was done nothing is asked again; before it,
// whatever the target asks otherwise, or did not ask before.
struct Resumption {
  std::size_t first = 0;           // index in the target
  StageName at;                    // the first stage from there on that the run has reached
  std::vector<StageName> changed;  // their votes were about something else
};

Resumption ResumptionOf(const Case& at, const MigrateRun& command) {
  const auto& stages = command.target->stages;
  const auto index_of = [&](const StageName& stage) {
    return command.target->IndexOf(Mapped(command.stages, stage));
  };
  const std::size_t current = index_of(at.run.current_stage);
  std::size_t start = 0;
  for (const Attempt& attempt : at.run.attempts) {
    if (IsRollback(attempt.stage)) continue;  // given up before it began
    start = std::max(start, index_of(attempt.stage) + 1);
  }
  Resumption result{current, {}, {}};
  for (std::size_t i = std::min(start, current); i < stages.size(); ++i) {
    const StageSpec& spec = stages[i];
    const Stage* reached = ReachedAs(at.run, command, spec.name);
    const StageSpec* before = reached != nullptr ? at.workflow.FindStage(reached->name) : nullptr;
    const bool is_same = before != nullptr && before->gate == spec.gate;
    if (reached != nullptr && !is_same) result.changed.push_back(spec.name);
    const bool is_done = is_same && reached->state == StageState::kDone;
    const bool is_skipped =
        std::ranges::find(command.skips, spec.name, &SkippedStage::stage) != command.skips.end();
    if (!is_done && !is_skipped) result.first = std::min(result.first, i);
  }
  for (std::size_t i = result.first; result.at.empty(); ++i) {
    const Stage* reached = ReachedAs(at.run, command, stages[i].name);
    const bool is_there = reached != nullptr && reached->state != StageState::kSkipped;
    if (is_there) result.at = stages[i].name;
  }
  return result;
}

// Does the target have these two stages the other way round?
bool AreSwapped(const MigrateRun& command, const Stage& before, const Stage& after) {
  const auto index = [&](const Stage& stage) {
    return command.target->IndexOf(Mapped(command.stages, stage.name));
  };
  return index(before) > index(after);
}

// The mapping; to nothing the skipped stages that will be met again, or have no place any more.
std::vector<StageMapping> WithDropped(const Run& run, const MigrateRun& command,
                                      std::size_t first) {
  auto stages = command.stages;
  for (auto stage = run.stages.begin(); stage != run.stages.end(); ++stage) {
    if (stage->state != StageState::kSkipped) continue;
    const bool is_behind =
        command.target->IndexOf(Mapped(command.stages, stage->name)) < first &&
        std::none_of(run.stages.begin(), stage,
                     [&](const Stage& other) { return AreSwapped(command, other, *stage); }) &&
        std::none_of(stage, run.stages.end(),
                     [&](const Stage& other) { return AreSwapped(command, *stage, other); });
    if (!is_behind) {
      std::erase_if(stages, [&](const StageMapping& one) { return one.from == stage->name; });
      stages.push_back({stage->name, StageName{}});
    }
  }
  return stages;
}

}  // namespace

Decision DecideSubject(const Case& at, const ChangeSubject& command) {
  const Run& run = at.run;
  if (command.subject_digest == run.subject_digest) return Accepted{{}, {}, run};
  if (run.review) {
    return Refusal{RefusalCode::kNotPossible,
                   fmt::format("run {} has come to its end; only the review of its override is "
                               "open",
                               run.id.value)};
  }
  if (const Attempt* attempt = FirstAttempt(run)) {
    return Refusal{RefusalCode::kNotPossible,
                   fmt::format("stage '{}' of run {} has already acted on the subject with digest "
                               "{}; resubmit the run with the other subject instead",
                               attempt->stage.value, run.id.value, run.subject_digest)};
  }
  const auto voided = VoidStages(at, command.kept);
  Stepper step = at.Step(command.actor.id);
  if (run.status == RunStatus::kWaiting) step.CloseGateTimer();
  step.Emit(SubjectChanged{command.subject_json, command.subject_digest, command.skips,
                           command.facts, command.reason});
  const std::string reason = fmt::format("{} changed the subject", command.actor.id.value);
  for (std::size_t i = 0; i < at.workflow.stages.size(); ++i) {
    // A policy is always asked again: it looked at the other subject.
    const bool is_void = voided.contains(i);
    step.Outdate(at.workflow.stages[i].name, reason, is_void ? IsAny : IsPolicy);
  }
  if (run.locks.state != LockState::kNone && run.facts.lock_keys != command.facts.lock_keys) {
    step.ReleaseLocks("the subject names other locks");
  }
  step.GoBackTo(0, reason);
  return std::move(step).Take();
}

Decision DecideRetry(const Case& at, const RetryRun& command) {
  const Stage* stage = StageToRetry(at.run);
  if (stage == nullptr) {
    return Refusal{
        RefusalCode::kNotPossible,
        fmt::format("run {} has no stage that could be tried again; resubmit it", at.run.id.value)};
  }
  if (std::ranges::any_of(at.run.attempts, [](const Attempt& attempt) {
        return IsRollback(attempt.stage) && attempt.started_at.has_value();
      })) {
    return Refusal{RefusalCode::kNotPossible,
                   fmt::format("it was begun to roll run {} back: roll back the rest of it, or "
                               "resubmit it",
                               at.run.id.value)};
  }
  const StageName name = stage->name;
  const StageSpec* spec = at.workflow.FindStage(name);
  GW_ASSERT(spec != nullptr);
  Stepper step = at.Step(command.actor.id);
  const bool is_reused = spec->gate && stage->gate && MayReuse(*spec->gate, *stage->gate, at.now);
  step.Emit(RunRetried{name, command.reason});
  const std::string reason = fmt::format("{} retries the run", command.actor.id.value);
  if (!is_reused) step.Outdate(name, reason, IsAny);
  step.GoBackTo(at.workflow.IndexOf(name),
                is_reused ? reason + "; votes on the same subject are reused" : reason);
  return std::move(step).Take();
}

Decision DecideMigrate(const Case& at, const MigrateRun& command) {
  const Run& run = at.run;
  const Workflow& target = *command.target;
  if (target.version == run.workflow_version) return Accepted{{}, {}, run};
  if (run.review || run.rollback || run.OpenAttempt() != nullptr) {
    return Refusal{RefusalCode::kNotPossible,
                   fmt::format("run {} cannot be moved while {}", run.id.value,
                               run.review     ? "an override of it is reviewed"
                               : run.rollback ? "it is rolled back"
                                              : "its action is under way")};
  }
  if (const auto problem = WhyNotMigrated(run, command); !problem.empty()) {
    return Refusal{RefusalCode::kNotPossible, problem};
  }
  Stepper step = at.Step(command.actor.id);
  if (run.status == RunStatus::kWaiting) step.CloseGateTimer();
  const bool has_other_locks =
      at.workflow.lock != target.lock || run.facts.lock_keys != command.facts.lock_keys;
  if (run.locks.state != LockState::kNone && has_other_locks) {
    step.ReleaseLocks("the workflow's locks have changed");
  }
  const Resumption resumption = ResumptionOf(at, command);
  step.Emit(RunMigrated{target.version, WithDropped(run, command, resumption.first), command.skips,
                        command.facts, resumption.at});
  step.Follow(target);
  const std::string reason =
      fmt::format("moved to version {} of the workflow", target.version.value.substr(0, 12));
  for (const StageName& stage : resumption.changed) step.Outdate(stage, reason, IsAny);
  step.GoBackTo(resumption.first, reason);
  return std::move(step).Take();
}

}  // namespace gatewright::core
