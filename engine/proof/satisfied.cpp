#include "engine/proof/satisfied.h"

#include <algorithm>
#include <set>

#include "engine/base/assert.h"

namespace gatewright::proof {
namespace {

using namespace core;  // NOLINT: nearly every name here is the core's

struct Approver {
  PrincipalId slot;
  std::vector<RuleId> rules;
};

class Literal {
 public:
  Literal(const Run& run, const StageSpec& stage, const Gate& gate)
      : run_(run), stage_(stage), spec_(*stage.gate), gate_(gate) {}

  bool IsSatisfied() {
    std::uint32_t rejects = 0;
    bool has_human = false;
    for (const Vote& vote : gate_.votes) {
      if (vote.is_shadow) continue;
      const bool is_policy = vote.kind == PrincipalKind::kPolicy;
      Approver approver{vote.slot(), {}};
      for (const RuleId& rule : vote.rules) {
        if (is_policy || !IsExcluded(vote, rule)) approver.rules.push_back(rule);
      }
      if (approver.rules.empty() && !is_policy) continue;
      if (vote.choice == Choice::kReject) ++rejects;
      if (vote.choice != Choice::kApprove || approver.rules.empty()) continue;
      has_human = has_human || vote.kind == PrincipalKind::kPerson;
      approvers_.push_back(std::move(approver));
    }
    if (IsRejected(rejects) || (spec_.needs_human && !has_human)) return false;
    used_.assign(approvers_.size(), false);
    return Fill({&spec_.rules});
  }

 private:
  bool IsRejected(std::uint32_t rejects) const {
    const std::uint32_t allowed =
        spec_.reject.kind == RejectKind::kThreshold ? spec_.reject.threshold - 1 : 0;
    return rejects > allowed;
  }

  bool IsExcluded(const Vote& vote, const RuleId& rule) const {
    if (vote.is_everybody) return false;
    for (const Rule* leaf : Leaves(spec_.rules)) {
      if (leaf->id != rule) continue;
      return IsExcluded(*leaf, vote.voter) || IsExcluded(*leaf, vote.slot());
    }
    return true;
  }

  bool IsExcluded(const Rule& leaf, const PrincipalId& person) const {
    const SeparationOfDuties& duties = leaf.separation ? *leaf.separation : spec_.separation;
    const auto& committers = run_.facts.committers;
    if (duties.excludes_requester && person == run_.requester) return true;
    if (duties.excludes_committers && std::ranges::find(committers, person) != committers.end()) {
      return true;
    }
    return duties.excludes_previous_voters && HasApprovedBefore(person);
  }

  bool HasApprovedBefore(const PrincipalId& person) const {
    for (const Stage& other : run_.stages) {
      if (other.name == stage_.name) break;
      if (other.state == StageState::kSkipped || !other.gate) continue;
      for (const Vote& vote : other.gate->votes) {
        const bool is_theirs = vote.voter == person || vote.slot() == person;
        if (is_theirs && vote.choice == Choice::kApprove && !vote.is_everybody) return true;
      }
    }
    return false;
  }

  // Tries every way through the tree and every person in every place.
  bool Fill(std::vector<const Rule*> todo) {
    if (todo.empty()) return true;
    const Rule* rule = todo.back();
    todo.pop_back();
    switch (rule->kind) {
      case RuleKind::kLeaf:
        return Place(*rule, NeedOf(*rule), 0, todo);
      case RuleKind::kAll:
        for (const Rule& child : rule->children) todo.push_back(&child);
        return Fill(std::move(todo));
      case RuleKind::kAny:
        return Choose(*rule, 1, 0, todo);
      case RuleKind::kNOf:
        return Choose(*rule, rule->need, 0, todo);
    }
    GW_ASSERT(false);
  }

  bool Choose(const Rule& rule, std::uint32_t missing, std::size_t from,
              const std::vector<const Rule*>& todo) {
    if (missing == 0) return Fill(todo);
    for (std::size_t i = from; i < rule.children.size(); ++i) {
      auto more = todo;
      more.push_back(&rule.children[i]);
      if (Choose(rule, missing - 1, i + 1, more)) return true;
    }
    return false;
  }

  bool Place(const Rule& leaf, std::size_t missing, std::size_t from,
             const std::vector<const Rule*>& todo) {
    if (missing == 0) return Fill(todo);
    for (std::size_t i = from; i < approvers_.size(); ++i) {
      const auto& rules = approvers_[i].rules;
      if (used_[i] || std::ranges::find(rules, leaf.id) == rules.end()) continue;
      if (leaf.needs_all && !Listed(leaf).contains(approvers_[i].slot)) continue;
      if (spec_.is_distinct) used_[i] = true;
      const bool is_filled = Place(leaf, missing - 1, i + 1, todo);
      used_[i] = false;
      if (is_filled) return true;
    }
    return false;
  }

  // One that can never be had while nobody knows who "all" are.
  std::size_t NeedOf(const Rule& leaf) const {
    if (!leaf.needs_all) return leaf.need;
    const auto people = Listed(leaf);
    return people.empty() ? approvers_.size() + 1 : people.size();
  }

  std::set<PrincipalId> Listed(const Rule& leaf) const {
    std::set<PrincipalId> people;
    if (!gate_.eligible) return people;
    for (const RulePeople& listed : *gate_.eligible) {
      if (listed.rule != leaf.id) continue;
      for (const PrincipalId& person : listed.people) {
        if (!IsExcluded(leaf, person)) people.insert(person);
      }
    }
    return people;
  }

  const Run& run_;
  const StageSpec& stage_;
  const GateSpec& spec_;
  const Gate& gate_;
  std::vector<Approver> approvers_;
  std::vector<bool> used_;
};

}  // namespace

bool IsSatisfiedByVotes(const Run& run, const StageSpec& stage) {
  const Stage* reached = run.FindStage(stage.name);
  if (reached == nullptr || !reached->gate || !stage.gate) return false;
  return Literal(run, stage, *reached->gate).IsSatisfied();
}

}  // namespace gatewright::proof
