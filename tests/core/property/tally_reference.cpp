#include "tests/core/property/tally_reference.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>

namespace gatewright::core::test {
namespace {

using Counts = std::map<std::string, std::uint32_t>;  // people per rule

bool IsSatisfied(const Rule& rule, const Counts& counts) {
  if (rule.kind == RuleKind::kLeaf) return counts.at(rule.id.value) >= rule.need;
  std::uint32_t satisfied = 0;
  for (const Rule& child : rule.children) satisfied += IsSatisfied(child, counts) ? 1 : 0;
  if (rule.kind == RuleKind::kAll) return satisfied == rule.children.size();
  return satisfied >= (rule.kind == RuleKind::kAny ? 1 : rule.need);
}

// Calls `see` with every way to use each approve for one of its rules, or none; with the only way
// where a person counts for every rule. Stops when `see` says true.
bool TryAll(const GateSpec& gate, const std::vector<const Vote*>& approves, std::size_t next,
            Counts& counts, const std::function<bool(const Counts&)>& see) {
  if (next == approves.size()) return see(counts);
  if (!gate.is_distinct) {
    for (const RuleId& rule : approves[next]->rules) ++counts[rule.value];
    return TryAll(gate, approves, next + 1, counts, see);
  }
  for (const RuleId& rule : approves[next]->rules) {
    ++counts[rule.value];
    if (TryAll(gate, approves, next + 1, counts, see)) return true;
    --counts[rule.value];
  }
  return TryAll(gate, approves, next + 1, counts, see);
}

bool TryAll(const GateSpec& gate, const std::vector<Vote>& votes,
            const std::function<bool(const Counts&)>& see) {
  std::vector<const Vote*> approves;
  for (const Vote& vote : votes) {
    if (vote.choice == Choice::kApprove && !vote.is_shadow) approves.push_back(&vote);
  }
  Counts counts;
  for (const Rule* leaf : Leaves(gate.rules)) counts[leaf->id.value] = 0;
  return TryAll(gate, approves, 0, counts, see);
}

}  // namespace

GateOutcome ReferenceTally(const GateSpec& gate, const std::vector<Vote>& votes) {
  const auto rejects = std::ranges::count_if(
      votes, [](const Vote& vote) { return vote.choice == Choice::kReject && !vote.is_shadow; });
  const auto enough = gate.reject.kind == RejectKind::kVeto ? 1 : gate.reject.threshold;
  if (gate.reject.kind == RejectKind::kBlock) {
    if (rejects > 0) return GateOutcome::kPending;
  } else if (rejects >= enough) {
    return GateOutcome::kRejected;
  }
  const bool has_human = std::ranges::any_of(votes, [](const Vote& vote) {
    return vote.choice == Choice::kApprove && !vote.is_shadow && !vote.rules.empty() &&
           vote.kind == PrincipalKind::kPerson;
  });
  if (gate.needs_human && !has_human) return GateOutcome::kPending;
  const bool is_satisfied =
      TryAll(gate, votes, [&](const Counts& counts) { return IsSatisfied(gate.rules, counts); });
  return is_satisfied ? GateOutcome::kSatisfied : GateOutcome::kPending;
}

std::uint32_t ReferenceFilledSlots(const GateSpec& gate, const std::vector<Vote>& votes) {
  std::uint32_t most = 0;
  TryAll(gate, votes, [&](const Counts& counts) {
    std::uint32_t filled = 0;
    for (const Rule* leaf : Leaves(gate.rules)) {
      filled += std::min(leaf->need, counts.at(leaf->id.value));
    }
    most = std::max(most, filled);
    return false;
  });
  return most;
}

}  // namespace gatewright::core::test
