// Long: one walk over one gate; its parts share what they know of it.
#include "engine/core/explain_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "engine/core/electorate.h"
#include "engine/core/separation.h"
#include "engine/core/tally.h"

namespace gatewright::core {
namespace {

constexpr std::size_t kNamesListed = 3;
constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

bool HasChoice(const Rule& rule) {
  return rule.kind == RuleKind::kAny || rule.kind == RuleKind::kNOf ||
         std::ranges::any_of(rule.children, HasChoice);
}

// The leaves and who approved for them. People are indices into `approves`, sorted by voter, so
// that nothing depends on who voted first.
struct Ballot {
  std::vector<const Rule*> leaves;
  std::vector<const Vote*> approves;
  std::vector<std::vector<std::size_t>> candidates;  // per leaf
};

Ballot BallotOf(const Rule& rules, const std::vector<Vote>& votes) {
  Ballot ballot;
  ballot.leaves = Leaves(rules);
  ballot.candidates.resize(ballot.leaves.size());
  std::unordered_map<std::string_view, std::size_t> leaf_of_id;
  for (std::size_t i = 0; i < ballot.leaves.size(); ++i) {
    leaf_of_id.emplace(ballot.leaves[i]->id.value, i);
  }
  for (const Vote& vote : votes) {
    if (vote.is_shadow || vote.rules.empty() || vote.choice != Choice::kApprove) continue;
    ballot.approves.push_back(&vote);
  }
  std::ranges::sort(ballot.approves, {}, [](const Vote* vote) { return vote->voter; });
  for (std::size_t person = 0; person < ballot.approves.size(); ++person) {
    for (const RuleId& rule : ballot.approves[person]->rules) {
      const auto leaf = leaf_of_id.find(rule.value);
      if (leaf == leaf_of_id.end()) continue;
      auto& people = ballot.candidates[leaf->second];
      if (people.empty() || people.back() != person) people.push_back(person);
    }
  }
  return ballot;
}

// A maximum assignment of people to leaves that, unlike `Matching`, can be read. A leaf that comes
// earlier is filled first and never loses a place to a later one.
class Assignment {
 public:
  explicit Assignment(const Ballot& ballot)
      : ballot_(ballot), leaf_of_person_(ballot.approves.size(), kNobody) {}

  void Fill(std::size_t leaf) {
    const std::uint32_t need = ballot_.leaves[leaf]->need;
    const auto most = std::min<std::size_t>(need, ballot_.candidates[leaf].size());
    for (std::size_t have = 0; have < most; ++have) {
      is_visited_.assign(leaf_of_person_.size(), false);
      if (!Augment(leaf)) return;
    }
  }

  std::size_t leaf_of(std::size_t person) const { return leaf_of_person_[person]; }

 private:
  bool Augment(std::size_t leaf) {
    for (const std::size_t person : ballot_.candidates[leaf]) {
      if (is_visited_[person] || leaf_of_person_[person] == leaf) continue;
      is_visited_[person] = true;
      const std::size_t taken = leaf_of_person_[person];
      if (taken == kNobody || Augment(taken)) {
        leaf_of_person_[person] = leaf;
        return true;
      }
    }
    return false;
  }

  const Ballot& ballot_;
  std::vector<std::size_t> leaf_of_person_;
  std::vector<bool> is_visited_;
};

// Takes away every choice that the votes do not need: what is left can be filled all at once.
void Prune(GateSpec& gate, Rule& rule, const std::vector<Vote>& votes) {
  const std::size_t wanted = rule.kind == RuleKind::kAny   ? 1
                             : rule.kind == RuleKind::kNOf ? rule.need
                                                           : rule.children.size();
  for (std::size_t i = rule.children.size(); i-- > 0 && rule.children.size() > wanted;) {
    const auto place = rule.children.begin() + static_cast<std::ptrdiff_t>(i);
    Rule child = std::move(*place);
    rule.children.erase(place);
    if (Tally(gate, votes) == GateOutcome::kSatisfied) continue;
    rule.children.insert(rule.children.begin() + static_cast<std::ptrdiff_t>(i), std::move(child));
  }
  for (Rule& child : rule.children) Prune(gate, child, votes);
}

class Explainer {
 public:
  Explainer(const Run& run, const StageSpec& stage, const Gate& gate, bool names_people)
      : run_(run),
        stage_(stage),
        spec_(*stage.gate),
        gate_(gate),
        is_listed_(names_people && gate.eligible.has_value()) {
    const bool needs_all = NeedsAll(spec_.rules);
    if (needs_all) resolved_ = ResolvedRules(run, stage, gate);
    const auto leaves = Leaves(spec_.rules);
    const bool is_separated =
        spec_.separation != SeparationOfDuties{} ||
        std::ranges::any_of(leaves, [](const Rule* leaf) { return leaf->separation.has_value(); });
    if (is_separated || needs_all) {
      counted_ = is_separated ? CountedVotes(run, stage, gate) : gate.votes;
      if (needs_all) LeaveListed(run, stage, gate, *counted_);
    }
    ballot_ = BallotOf(rules(), votes());
    for (const Vote& vote : gate.votes) {
      if (vote.choice == Choice::kAbstain || vote.is_shadow) continue;
      decided_.insert(vote.slot().value);
    }
  }

  GateExplanation Explain() {
    GateExplanation result;
    result.stage = stage_.name;
    result.epoch = gate_.epoch;
    result.outcome = gate_.outcome;
    result.is_overridden = gate_.is_overridden;
    Assign({});
    result.rules = Node(rules());
    if (result.rules.state != NodeState::kSatisfied && IsSatisfiedOtherwise()) {
      result.rules = Node(rules());
    }
    const bool is_hopeless = gate_.is_open() && is_listed_ &&
                             result.rules.state == NodeState::kOpen &&
                             !IsEasilyPossible(result.rules) && !IsPossible(run_, stage_, gate_);
    if (is_hopeless) result.rules.state = NodeState::kImpossible;
    result.is_distinct = spec_.is_distinct;
    if (spec_.is_distinct) result.spare = Spare();
    AddRejects(result);
    result.needs_human = spec_.needs_human;
    result.has_human = std::ranges::any_of(
        ballot_.approves, [](const Vote* vote) { return vote->kind == PrincipalKind::kPerson; });
    result.needs_digest = spec_.votes.needs_digest;
    result.needs_form = !spec_.form_schema_json.empty();
    result.claimed_by = gate_.claimed_by;
    AddTimes(result);
    return result;
  }

 private:
  const Rule& rules() const { return resolved_ ? *resolved_ : spec_.rules; }
  const std::vector<Vote>& votes() const { return counted_ ? *counted_ : gate_.votes; }

  // Leaves in `first` are filled before the others.
  void Assign(const std::vector<RuleId>& first) {
    filled_by_.assign(ballot_.leaves.size(), {});
    if (!spec_.is_distinct) {
      filled_by_ = ballot_.candidates;
      return;
    }
    Assignment assignment(ballot_);
    const auto is_first = [&](std::size_t leaf) {
      return std::ranges::find(first, ballot_.leaves[leaf]->id) != first.end();
    };
    for (const bool now : {true, false}) {
      for (std::size_t leaf = 0; leaf < ballot_.leaves.size(); ++leaf) {
        if (is_first(leaf) == now) assignment.Fill(leaf);
      }
    }
    for (std::size_t person = 0; person < ballot_.approves.size(); ++person) {
      const std::size_t leaf = assignment.leaf_of(person);
      if (leaf != kNobody) filled_by_[leaf].push_back(person);
    }
  }

  // Filling the leaves in order may miss a way through the tree that there is: then its leaves go
  // first.
  bool IsSatisfiedOtherwise() {
    if (!spec_.is_distinct || !HasChoice(rules())) return false;
    GateSpec gate = spec_;
    gate.rules = rules();
    gate.reject = {RejectKind::kThreshold, std::numeric_limits<std::uint32_t>::max()};
    gate.needs_human = false;
    if (Tally(gate, votes()) != GateOutcome::kSatisfied) return false;
    Prune(gate, gate.rules, votes());
    std::vector<RuleId> first;
    for (const Rule* leaf : Leaves(gate.rules)) first.push_back(leaf->id);
    Assign(first);
    return true;
  }

  // There are people enough to fill every rule at once, taking whoever comes first. `IsPossible`
  // looks harder, and takes much longer, to say the same of nearly every gate.
  bool IsEasilyPossible(const RuleNode& rules) const {
    std::unordered_set<std::string_view> taken;
    bool has_people = !spec_.needs_human;
    const auto fill = [&](const auto& self, const RuleNode& node) -> bool {
      if (node.kind != RuleKind::kLeaf) {
        return std::ranges::all_of(node.children,
                                   [&](const RuleNode& child) { return self(self, child); });
      }
      if (!node.people) return false;
      std::uint32_t missing = node.need;
      for (const PrincipalId& person : *node.people) {
        if (missing == 0) break;
        if (spec_.is_distinct && !taken.insert(person.value).second) continue;
        has_people = true;
        --missing;
      }
      return missing == 0;
    };
    return fill(fill, rules) && has_people;
  }

  RuleNode Node(const Rule& rule) const {
    if (rule.kind == RuleKind::kLeaf) return LeafNode(rule);
    RuleNode node;
    node.kind = rule.kind;
    std::uint32_t possible = 0;
    for (const Rule& child : rule.children) {
      node.children.push_back(Node(child));
      const NodeState state = node.children.back().state;
      if (state == NodeState::kSatisfied) ++node.have;
      if (state != NodeState::kImpossible) ++possible;
    }
    node.need = rule.kind == RuleKind::kAll   ? static_cast<std::uint32_t>(rule.children.size())
                : rule.kind == RuleKind::kAny ? 1
                                              : rule.need;
    node.state = node.have >= node.need  ? NodeState::kSatisfied
                 : possible >= node.need ? NodeState::kOpen
                                         : NodeState::kImpossible;
    return node;
  }

  RuleNode LeafNode(const Rule& leaf) const {
    const auto place = std::ranges::find(ballot_.leaves, &leaf) - ballot_.leaves.begin();
    const auto index = static_cast<std::size_t>(place);
    RuleNode node;
    node.kind = RuleKind::kLeaf;
    node.id = leaf.id;
    node.from = leaf.from;
    node.needs_all = leaf.needs_all;
    node.need = leaf.need;
    for (const std::size_t person : filled_by_[index]) {
      node.filled_by.push_back(ballot_.approves[person]->slot());
    }
    node.have = std::min(node.need, static_cast<std::uint32_t>(node.filled_by.size()));
    AddPeople(leaf, node);
    if (leaf.needs_all) {
      const auto people = PeopleOf(run_, stage_, gate_, leaf);
      node.is_need_known = people && !people->empty();
      if (!node.is_need_known) node.need = 0;
    }
    node.state = StateOf(node, index);
    return node;
  }

  void AddPeople(const Rule& leaf, RuleNode& node) const {
    if (spec_.deadline) {
      const auto& levels = spec_.deadline->levels;
      for (std::size_t i = 0; i < levels.size() && i < Escalated(); ++i) {
        const auto& only = levels[i].rules;
        if (only.empty() || std::ranges::find(only, leaf.id) != only.end()) {
          node.also_from.push_back(levels[i].add);
        }
      }
    }
    for (const AutoVoter& voter : spec_.auto_voters) {
      if (voter.is_shadow) continue;
      if (std::ranges::find(voter.fills, leaf.id) == voter.fills.end()) continue;
      node.policies.emplace_back("policy:" + voter.id);
    }
    if (is_listed_) node.people = PeopleOf(run_, stage_, gate_, leaf);
    if (!node.people) return;
    node.can_fill.emplace();
    if (!gate_.is_open()) return;
    for (const PrincipalId& person : *node.people) {
      if (!decided_.contains(person.value)) node.can_fill->push_back(person);
    }
  }

  NodeState StateOf(const RuleNode& node, std::size_t index) const {
    if (node.is_need_known && node.have >= node.need) return NodeState::kSatisfied;
    if (!gate_.is_open() || !is_listed_) return NodeState::kOpen;
    if (!node.is_need_known) return NodeState::kImpossible;
    if (!node.people) return NodeState::kOpen;
    // Who has voted is eligible, whatever the list says.
    std::size_t most = node.people->size() + node.policies.size();
    if (most >= node.need) return NodeState::kOpen;
    for (const std::size_t person : ballot_.candidates[index]) {
      const Vote& vote = *ballot_.approves[person];
      const auto& people = *node.people;
      const bool is_listed = std::ranges::find(people, vote.slot()) != people.end();
      if (vote.kind != PrincipalKind::kPolicy && !is_listed) ++most;
    }
    return most < node.need ? NodeState::kImpossible : NodeState::kOpen;
  }

  std::vector<PrincipalId> Spare() const {
    std::vector<bool> is_used(ballot_.approves.size(), false);
    for (const auto& people : filled_by_) {
      for (const std::size_t person : people) is_used[person] = true;
    }
    std::vector<PrincipalId> spare;
    for (std::size_t person = 0; person < is_used.size(); ++person) {
      if (!is_used[person]) spare.push_back(ballot_.approves[person]->slot());
    }
    return spare;
  }

  void AddRejects(GateExplanation& result) const {
    result.reject = spec_.reject;
    for (const Vote& vote : votes()) {
      if (vote.choice != Choice::kReject || vote.is_shadow) continue;
      result.rejected_by.push_back(vote.slot());
    }
    std::ranges::sort(result.rejected_by);
    result.is_blocked =
        gate_.is_open() && spec_.reject.kind == RejectKind::kBlock && !result.rejected_by.empty();
  }

  void AddTimes(GateExplanation& result) const {
    result.deadline = gate_.deadline;
    if (!spec_.deadline) return;
    result.on_timeout = spec_.deadline->on_timeout;
    result.clock = spec_.deadline->clock;
    if (!gate_.is_open()) return;
    const auto reminded = static_cast<std::size_t>(gate_.reminded);
    if (reminded < gate_.reminders.size()) result.next_reminder = gate_.reminders[reminded];
    const auto& levels = spec_.deadline->levels;
    if (Escalated() < gate_.escalations.size() && Escalated() < levels.size()) {
      result.next_escalation = NextEscalation{gate_.escalated + 1, gate_.escalations[Escalated()],
                                              levels[Escalated()].add};
    }
  }

  std::size_t Escalated() const { return static_cast<std::size_t>(gate_.escalated); }

  const Run& run_;
  const StageSpec& stage_;
  const GateSpec& spec_;
  const Gate& gate_;
  std::optional<Rule> resolved_;              // where a rule needs everybody
  std::optional<std::vector<Vote>> counted_;  // where not every vote counts
  bool is_listed_;                            // the people are known, and asked for
  Ballot ballot_;
  std::unordered_set<std::string_view> decided_;     // who has approved or rejected
  std::vector<std::vector<std::size_t>> filled_by_;  // per leaf
};

void Collect(const RuleNode& node, std::vector<PrincipalId>& people, bool& is_known) {
  if (node.state == NodeState::kSatisfied) return;
  if (node.kind == RuleKind::kLeaf) {
    is_known = is_known && node.can_fill.has_value();
    if (node.can_fill) people.insert(people.end(), node.can_fill->begin(), node.can_fill->end());
  }
  for (const RuleNode& child : node.children) Collect(child, people, is_known);
}

std::vector<PrincipalId> Sorted(std::vector<PrincipalId> people) {
  std::ranges::sort(people);
  const auto [first, last] = std::ranges::unique(people);
  people.erase(first, last);
  return people;
}

std::string MissingInLeaf(const RuleNode& leaf) {
  if (!leaf.is_need_known) {
    return fmt::format("the approval of everybody whom '{}' asks", leaf.id.value);
  }
  const std::uint32_t missing = leaf.need - leaf.have;
  return fmt::format("{} more approval{} for '{}'", missing, missing == 1 ? "" : "s",
                     leaf.id.value);
}

}  // namespace

GateExplanation ExplainGate(const Run& run, const StageSpec& stage, const Gate& gate) {
  return Explainer(run, stage, gate, true).Explain();
}

GateExplanation CountGate(const Run& run, const StageSpec& stage, const Gate& gate) {
  return Explainer(run, stage, gate, false).Explain();
}

std::string MissingIn(const RuleNode& rules) {
  if (rules.state == NodeState::kSatisfied) return "";
  if (rules.kind == RuleKind::kLeaf) return MissingInLeaf(rules);
  const bool is_all = rules.kind == RuleKind::kAll;
  const std::uint32_t missing = rules.need - rules.have;
  std::vector<std::string> parts;
  for (const RuleNode& child : rules.children) {
    if (!is_all && child.state == NodeState::kImpossible) continue;
    std::string part = MissingIn(child);
    if (part.empty()) continue;
    const bool is_choice = child.kind == RuleKind::kAny || child.kind == RuleKind::kNOf;
    parts.push_back(is_choice ? "(" + part + ")" : part);
  }
  if (is_all || missing == parts.size()) return fmt::format("{}", fmt::join(parts, " and "));
  if (missing == 1) return fmt::format("{}", fmt::join(parts, " or "));
  return fmt::format("{} of: {}", missing, fmt::join(parts, ", "));
}

std::vector<PrincipalId> WhoCanFill(const RuleNode& rules) {
  std::vector<PrincipalId> people;
  bool is_known = true;
  Collect(rules, people, is_known);
  return Sorted(std::move(people));
}

std::string WhyPending(const GateExplanation& gate) {
  std::string text;
  const auto add = [&](const std::string& part) { text += text.empty() ? part : "; " + part; };
  if (gate.is_blocked) {
    add(fmt::format("is held shut by the reject of {} until it is withdrawn",
                    Listed(gate.rejected_by)));
  }
  const std::string missing = MissingIn(gate.rules);
  if (gate.rules.state == NodeState::kImpossible) {
    add(fmt::format("cannot be satisfied by those who may vote: it misses {}", missing));
  } else if (!missing.empty()) {
    add("waits for " + missing);
  }
  if (gate.needs_human && !gate.has_human) add("waits for the approval of a person");
  std::vector<PrincipalId> people;
  bool is_known = true;
  Collect(gate.rules, people, is_known);
  people = Sorted(std::move(people));
  if (is_known && people.empty() && gate.rules.state == NodeState::kOpen) {
    add("everybody who may vote has done so");
  } else if (is_known && !people.empty()) {
    add(fmt::format("{} can still approve", Listed(people)));
  }
  return text.empty() ? "waits to be decided" : text;
}

std::string Listed(const std::vector<PrincipalId>& people) {
  std::string text;
  const std::size_t shown = people.size() <= kNamesListed + 1 ? people.size() : kNamesListed;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool is_last = i + 1 == people.size();
    if (i > 0) text += is_last ? " and " : ", ";
    text += people[i].value;
  }
  if (shown < people.size()) text += fmt::format(" and {} others", people.size() - shown);
  return text;
}

}  // namespace gatewright::core
