#include "engine/core/separation.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/rollback.h"

namespace gatewright::core {
namespace {

bool Contains(const std::vector<PrincipalId>& all, const PrincipalId& one) {
  return std::ranges::find(all, one) != all.end();
}

std::string SharedGroup(const Run& run, const Candidate& candidate) {
  for (const std::string& group : candidate.groups) {
    const auto& theirs = run.requester_groups;
    if (std::ranges::find(theirs, group) != theirs.end()) return group;
  }
  return "";
}

const Stage* ApprovedBefore(const Run& run, const StageName& stage, const PrincipalId& person) {
  for (const Stage& earlier : run.stages) {
    if (earlier.name == stage) break;
    if (!earlier.gate || earlier.state == StageState::kSkipped) continue;
    // Whoever approved the action may approve that it is undone.
    if (IsRollback(stage) && !IsRollback(earlier.name)) continue;
    for (const Vote& vote : earlier.gate->votes) {
      if (vote.is_everybody || vote.choice != Choice::kApprove) continue;
      if (vote.voter == person || vote.slot() == person) return &earlier;
    }
  }
  return nullptr;
}

// Groups were looked at when the vote was cast: they are not recorded with it.
bool IsClosed(const Run& run, const GateSpec& gate, const Rule& leaf, const StageName& stage,
              const Vote& vote) {
  SeparationOfDuties separation = SeparationOf(gate, leaf);
  separation.excludes_same_team = false;
  if (separation == SeparationOfDuties{}) return false;
  return !WhyExcluded(run, separation, stage, {vote.voter, {}}).empty() ||
         !WhyExcluded(run, separation, stage, {vote.slot(), {}}).empty();
}

}  // namespace

std::string WhyExcluded(const Run& run, const SeparationOfDuties& separation,
                        const StageName& stage, const Candidate& candidate) {
  const PrincipalId& person = candidate.id;
  if (separation.excludes_requester && person == run.requester && !run.is_requester_everybody) {
    return fmt::format("{} requested run {}", person.value, run.id.value);
  }
  if (separation.excludes_requester && run.rollback && person == run.rollback->by) {
    return fmt::format("{} asked for the rollback of run {}", person.value, run.id.value);
  }
  if (separation.excludes_committers && Contains(run.facts.committers, person)) {
    return fmt::format("{} is a committer of what run {} is about", person.value, run.id.value);
  }
  if (separation.excludes_same_team && !run.is_requester_everybody) {
    const std::string group = SharedGroup(run, candidate);
    if (!group.empty()) {
      return fmt::format("{} is in group '{}' like {}, who requested run {}", person.value, group,
                         run.requester.value, run.id.value);
    }
  }
  if (separation.excludes_previous_voters) {
    if (const Stage* earlier = ApprovedBefore(run, stage, person)) {
      return fmt::format("{} approved stage '{}' of run {}", person.value, earlier->name.value,
                         run.id.value);
    }
  }
  return "";
}

const SeparationOfDuties& SeparationOf(const GateSpec& gate, const Rule& leaf) {
  return leaf.separation ? *leaf.separation : gate.separation;
}

std::vector<Vote> CountedVotes(const Run& run, const StageSpec& stage, const Gate& gate) {
  std::vector<Vote> counted = gate.votes;
  const auto leaves = Leaves(stage.gate->rules);
  for (Vote& vote : counted) {
    if (vote.kind == PrincipalKind::kPolicy || vote.is_everybody) continue;
    std::erase_if(vote.rules, [&](const RuleId& id) {
      const auto leaf = std::ranges::find(leaves, id, [](const Rule* rule) { return rule->id; });
      return leaf == leaves.end() || IsClosed(run, *stage.gate, **leaf, stage.name, vote);
    });
  }
  std::erase_if(counted, [](const Vote& vote) {
    return vote.rules.empty() && vote.kind != PrincipalKind::kPolicy;
  });
  return counted;
}

std::string WhyUsed(const std::vector<Vote>& votes, const PrincipalId& voter,
                    const PrincipalId& slot) {
  for (const Vote& vote : votes) {
    if (vote.voter == voter && vote.slot() != slot) {
      return fmt::format("{} has voted for {} already; that vote has to be withdrawn first",
                         voter.value, vote.slot().value);
    }
    if (voter != slot && vote.voter == slot) {
      return fmt::format("{} has voted themselves", slot.value);
    }
  }
  return "";
}

}  // namespace gatewright::core
