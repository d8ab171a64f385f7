#include "engine/core/tally.h"

#include <algorithm>
#include <optional>

#include "engine/base/assert.h"
#include "engine/core/matching.h"

namespace gatewright::core {
namespace {

// Who may fill a leaf, as indices into the sorted list of approvers.
struct LeafCandidates {
  const Rule* leaf = nullptr;
  std::vector<std::size_t> people;
};

bool IsCounted(const Vote& vote) { return !vote.is_shadow && !vote.rules.empty(); }

// The counted approves, sorted by voter, so that no figure depends on who voted first.
std::vector<const Vote*> Approves(const std::vector<Vote>& votes) {
  std::vector<const Vote*> approves;
  for (const Vote& vote : votes) {
    if (IsCounted(vote) && vote.choice == Choice::kApprove) approves.push_back(&vote);
  }
  std::ranges::sort(approves, {}, [](const Vote* vote) { return vote->voter; });
  return approves;
}

std::uint32_t CountRejects(const std::vector<Vote>& votes) {
  return static_cast<std::uint32_t>(std::ranges::count_if(
      votes, [](const Vote& vote) { return IsCounted(vote) && vote.choice == Choice::kReject; }));
}

std::vector<LeafCandidates> CandidatesOf(const Rule& rules,
                                         const std::vector<const Vote*>& approves) {
  std::vector<LeafCandidates> all;
  for (const Rule* leaf : Leaves(rules)) {
    LeafCandidates candidates{leaf, {}};
    for (std::size_t person = 0; person < approves.size(); ++person) {
      if (std::ranges::find(approves[person]->rules, leaf->id) != approves[person]->rules.end()) {
        candidates.people.push_back(person);
      }
    }
    all.push_back(std::move(candidates));
  }
  return all;
}

// Looks for a way through the tree whose slots can all be filled at once. `all` adds slots, `any`
// and `nOf` choose: only there it has to try more than one way.
class Search {
 public:
  Search(const std::vector<LeafCandidates>& candidates, bool is_distinct)
      : candidates_(candidates), is_distinct_(is_distinct) {}

  // Can `todo` be satisfied on top of what `matching` already holds?
  bool Fill(std::vector<const Rule*> todo, Matching matching) const {
    while (!todo.empty()) {
      const Rule* rule = todo.back();
      todo.pop_back();
      switch (rule->kind) {
        case RuleKind::kLeaf:
          if (!FillLeaf(*rule, matching)) return false;
          break;
        case RuleKind::kAll:
          for (const Rule& child : rule->children) todo.push_back(&child);
          break;
        case RuleKind::kAny:
          return Choose(*rule, 1, 0, std::move(todo), matching);
        case RuleKind::kNOf:
          return Choose(*rule, rule->need, 0, std::move(todo), matching);
      }
    }
    return true;
  }

 private:
  const std::vector<std::size_t>& PeopleFor(const Rule& leaf) const {
    const auto found = std::ranges::find(candidates_, &leaf, &LeafCandidates::leaf);
    GW_ASSERT(found != candidates_.end());
    return found->people;
  }

  bool FillLeaf(const Rule& leaf, Matching& matching) const {
    const auto& people = PeopleFor(leaf);
    if (people.size() < leaf.need) return false;
    if (!is_distinct_) return true;
    for (std::uint32_t slot = 0; slot < leaf.need; ++slot) {
      if (!matching.AddSlot(people)) return false;
    }
    return true;
  }

  // Takes `missing` more children of `rule`, from `first` on.
  bool Choose(const Rule& rule, std::uint32_t missing, std::size_t first,
              std::vector<const Rule*> todo, const Matching& matching) const {
    if (missing == 0) return Fill(std::move(todo), matching);
    for (std::size_t i = first; i + missing <= rule.children.size(); ++i) {
      if (!IsWithinReach(rule.children[i])) continue;
      auto with_child = todo;
      with_child.push_back(&rule.children[i]);
      if (Choose(rule, missing - 1, i + 1, std::move(with_child), matching)) return true;
    }
    return false;
  }

  // A cheap necessary condition that prunes most of the tree while votes are missing: alone, could
  // this rule be satisfied?
  bool IsWithinReach(const Rule& rule) const {
    const auto is_within_reach = [this](const Rule& child) { return IsWithinReach(child); };
    switch (rule.kind) {
      case RuleKind::kLeaf:
        return PeopleFor(rule).size() >= rule.need;
      case RuleKind::kAll:
        return std::ranges::all_of(rule.children, is_within_reach);
      case RuleKind::kAny:
        return std::ranges::any_of(rule.children, is_within_reach);
      case RuleKind::kNOf:
        return std::ranges::count_if(rule.children, is_within_reach) >=
               static_cast<std::ptrdiff_t>(rule.need);
    }
    GW_ASSERT(false);
  }

  const std::vector<LeafCandidates>& candidates_;
  bool is_distinct_;
};

bool IsRejected(const RejectRule& reject, std::uint32_t rejects) {
  switch (reject.kind) {
    case RejectKind::kVeto:
      return rejects >= 1;
    case RejectKind::kThreshold:
      return rejects >= reject.threshold;
    case RejectKind::kBlock:
      return false;
  }
  GW_ASSERT(false);
}

bool HasHuman(const std::vector<const Vote*>& approves) {
  return std::ranges::any_of(approves,
                             [](const Vote* vote) { return vote->kind == PrincipalKind::kPerson; });
}

GateOutcome OutcomeOf(const GateSpec& gate, std::uint32_t rejects,
                      const std::vector<const Vote*>& approves,
                      const std::vector<LeafCandidates>& candidates) {
  if (IsRejected(gate.reject, rejects)) return GateOutcome::kRejected;
  if (gate.reject.kind == RejectKind::kBlock && rejects > 0) return GateOutcome::kPending;
  if (gate.needs_human && !HasHuman(approves)) return GateOutcome::kPending;
  const Search search(candidates, gate.is_distinct);
  return search.Fill({&gate.rules}, Matching(approves.size())) ? GateOutcome::kSatisfied
                                                               : GateOutcome::kPending;
}

}  // namespace

GateOutcome Tally(const GateSpec& gate, const std::vector<Vote>& votes) {
  const auto approves = Approves(votes);
  return OutcomeOf(gate, CountRejects(votes), approves, CandidatesOf(gate.rules, approves));
}

TallyResult TallyInDetail(const GateSpec& gate, const std::vector<Vote>& votes) {
  const auto approves = Approves(votes);
  const auto candidates = CandidatesOf(gate.rules, approves);
  TallyResult result;
  result.rejects = CountRejects(votes);
  result.outcome = OutcomeOf(gate, result.rejects, approves, candidates);
  Matching matching(approves.size());
  for (const LeafCandidates& leaf : candidates) {
    RuleTally tally{leaf.leaf->id, leaf.leaf->need, 0};
    const auto wanted = std::min<std::size_t>(leaf.leaf->need, leaf.people.size());
    while (tally.have < wanted && (!gate.is_distinct || matching.AddSlot(leaf.people))) {
      ++tally.have;
    }
    result.rules.push_back(std::move(tally));
  }
  return result;
}

}  // namespace gatewright::core
