#include "engine/core/tally.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "engine/base/assert.h"
#include "engine/core/matching.h"

namespace gatewright::core {
namespace {

// Who may fill a leaf, as indices into the sorted list of approvers.
struct LeafCandidates {
  const Rule* leaf = nullptr;
  std::vector<std::size_t> people;
};

// The counted approves, sorted by voter, so that no figure depends on who voted first.
std::vector<const Vote*> Approves(const std::vector<Vote>& votes) {
  std::vector<const Vote*> approves;
  for (const Vote& vote : votes) {
    const bool is_counted = !vote.is_shadow && !vote.rules.empty();
    if (is_counted && vote.choice == Choice::kApprove) approves.push_back(&vote);
  }
  std::ranges::sort(approves, {}, [](const Vote* vote) { return vote->voter; });
  return approves;
}

// A policy that may fill no rule may still reject.
std::uint32_t CountRejects(const std::vector<Vote>& votes) {
  return static_cast<std::uint32_t>(std::ranges::count_if(
      votes, [](const Vote& vote) { return !vote.is_shadow && vote.choice == Choice::kReject; }));
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
// and `nOf` choose: only there it has to try more than one way. Which rules to choose is in general
// as hard as set packing, so it leaves out every choice that cannot make a difference.
class Search {
 public:
  Search(const std::vector<LeafCandidates>& candidates, bool is_distinct)
      : candidates_(candidates), is_distinct_(is_distinct) {}

  bool IsSatisfied(const Rule& root, std::size_t people) {
    return Measure(root).is_within_reach && Fill({&root}, Matching(people));
  }

 private:
  // What is known of a rule alone, whatever the others take.
  struct Reach {
    bool is_within_reach = false;
    std::size_t people_needed = 0;    // at least
    std::vector<std::size_t> people;  // who could help, sorted
  };

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
      if (!reach_.at(&rule.children[i]).is_within_reach) continue;
      if (IsRepeated(rule, first, i)) continue;
      auto with_child = todo;
      with_child.push_back(&rule.children[i]);
      if (Choose(rule, missing - 1, i + 1, std::move(with_child), matching)) return true;
    }
    return false;
  }

  // Taking `later` and leaving `earlier` is the same as the reverse, which was tried before.
  bool AreAlike(const Rule& earlier, const Rule& later) const {
    return earlier.kind == RuleKind::kLeaf && later.kind == RuleKind::kLeaf &&
           earlier.need == later.need && PeopleFor(earlier) == PeopleFor(later);
  }

  bool IsRepeated(const Rule& rule, std::size_t first, std::size_t i) const {
    for (std::size_t j = first; j < i; ++j) {
      if (AreAlike(rule.children[j], rule.children[i])) return true;
    }
    return false;
  }

  // Fills `reach_` for the rule and all below it.
  const Reach& Measure(const Rule& rule) {
    Reach reach;
    if (rule.kind == RuleKind::kLeaf) {
      reach = {true, rule.need, PeopleFor(rule)};
    } else {
      std::vector<std::size_t> needs;  // of the children within reach
      for (const Rule& child : rule.children) {
        const Reach& below = Measure(child);
        if (!below.is_within_reach) continue;
        needs.push_back(below.people_needed);
        std::vector<std::size_t> both;
        std::ranges::set_union(reach.people, below.people, std::back_inserter(both));
        reach.people = std::move(both);
      }
      const std::size_t wanted = rule.kind == RuleKind::kAll   ? rule.children.size()
                                 : rule.kind == RuleKind::kAny ? 1
                                                               : rule.need;
      reach.is_within_reach = needs.size() >= wanted;
      std::ranges::sort(needs);
      needs.resize(std::min(wanted, needs.size()));
      // Where a person counts for every rule, one may do for all of them.
      for (const std::size_t need : needs) {
        reach.people_needed =
            is_distinct_ ? reach.people_needed + need : std::max(reach.people_needed, need);
      }
    }
    reach.is_within_reach = reach.is_within_reach && reach.people.size() >= reach.people_needed;
    return reach_[&rule] = std::move(reach);
  }

  const std::vector<LeafCandidates>& candidates_;
  bool is_distinct_;
  std::unordered_map<const Rule*, Reach> reach_;
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
  return Search(candidates, gate.is_distinct).IsSatisfied(gate.rules, approves.size())
             ? GateOutcome::kSatisfied
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
