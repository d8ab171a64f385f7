#include "engine/core/electorate.h"

#include <algorithm>
#include <map>

#include "engine/core/separation.h"
#include "engine/core/tally.h"

namespace gatewright::core {
namespace {

constexpr std::uint32_t kMoreThanThereAre = 1'000'000;

void Resolve(const Run& run, const StageSpec& stage, const Gate& gate, Rule& rule) {
  if (rule.kind == RuleKind::kLeaf && rule.needs_all) {
    const auto people = PeopleOf(run, stage, gate, rule);
    const bool is_known = people && !people->empty();
    rule.need = is_known ? static_cast<std::uint32_t>(people->size()) : kMoreThanThereAre;
  }
  for (Rule& child : rule.children) Resolve(run, stage, gate, child);
}

Vote ApproveOf(PrincipalId voter, std::vector<RuleId> rules, PrincipalKind kind) {
  Vote vote;
  vote.voter = std::move(voter);
  vote.kind = kind;
  vote.rules = std::move(rules);
  return vote;
}

}  // namespace

bool NeedsAll(const Rule& rule) {
  return rule.needs_all || std::ranges::any_of(rule.children, NeedsAll);
}

std::optional<std::vector<PrincipalId>> PeopleOf(const Run& run, const StageSpec& stage,
                                                 const Gate& gate, const Rule& leaf) {
  if (!gate.eligible) return std::nullopt;
  const auto listed = std::ranges::find(*gate.eligible, leaf.id, &RulePeople::rule);
  if (listed == gate.eligible->end()) return std::nullopt;
  std::vector<PrincipalId> people;
  const SeparationOfDuties& separation = SeparationOf(*stage.gate, leaf);
  for (const PrincipalId& person : listed->people) {
    if (WhyExcluded(run, separation, stage.name, {person, {}}).empty()) people.push_back(person);
  }
  return people;
}

Rule ResolvedRules(const Run& run, const StageSpec& stage, const Gate& gate) {
  Rule rules = stage.gate->rules;
  Resolve(run, stage, gate, rules);
  return rules;
}

void LeaveListed(const Run& run, const StageSpec& stage, const Gate& gate,
                 std::vector<Vote>& votes) {
  for (const Rule* leaf : Leaves(stage.gate->rules)) {
    if (!leaf->needs_all) continue;
    const auto people = PeopleOf(run, stage, gate, *leaf);
    if (!people) continue;
    for (Vote& vote : votes) {
      const bool is_listed = std::ranges::find(*people, vote.slot()) != people->end();
      if (!is_listed) std::erase(vote.rules, leaf->id);
    }
  }
}

bool IsPossible(const Run& run, const StageSpec& stage, const Gate& gate) {
  GateSpec spec = *stage.gate;
  spec.rules = ResolvedRules(run, stage, gate);
  std::map<PrincipalId, std::vector<RuleId>> rules_of;
  std::vector<Vote> votes;
  for (const Rule* leaf : Leaves(spec.rules)) {
    if (const auto people = PeopleOf(run, stage, gate, *leaf)) {
      for (const PrincipalId& person : *people) rules_of[person].push_back(leaf->id);
      continue;
    }
    if (leaf->needs_all) return false;
    for (std::uint32_t i = 0; i < leaf->need; ++i) {
      votes.push_back(ApproveOf(PrincipalId{}, {leaf->id}, PrincipalKind::kPerson));
    }
  }
  // Who has voted is eligible, whatever the list says.
  for (const Vote& vote : gate.votes) {
    if (vote.kind != PrincipalKind::kPerson) continue;
    auto& rules = rules_of[vote.slot()];
    rules.insert(rules.end(), vote.rules.begin(), vote.rules.end());
  }
  for (auto& [person, rules] : rules_of) {
    votes.push_back(ApproveOf(person, std::move(rules), PrincipalKind::kPerson));
  }
  for (const AutoVoter& voter : spec.auto_voters) {
    if (!voter.is_shadow) {
      votes.push_back(ApproveOf(PrincipalId{voter.id}, voter.fills, PrincipalKind::kPolicy));
    }
  }
  return Tally(spec, votes) == GateOutcome::kSatisfied;
}

}  // namespace gatewright::core
