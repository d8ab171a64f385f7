#include "engine/definition/possibility.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <set>

#include "engine/codec/json.h"
#include "engine/core/tally.h"

namespace gatewright::definition {
namespace {

using People = std::set<std::string>;

// A gate that names more is not looked at: the answer would cost too much.
constexpr std::size_t kMaxPeople = 1'000;

// Whom `user: …` names. Nothing when the leaf does not name people.
People NamedIn(const core::PluginUse& from) {
  People people;
  if (from.plugin != "user") return people;
  const auto config = codec::ParseJson(from.with_json);
  const auto* object = config ? config->if_object() : nullptr;
  const auto* users = object ? object->if_contains("user") : nullptr;
  if (!users) return people;
  if (const auto* one = users->if_string()) people.emplace(*one);
  if (const auto* list = users->if_array()) {
    for (const auto& item : *list) {
      if (const auto* one = item.if_string()) people.emplace(*one);
    }
  }
  return people;
}

bool IsWidened(const core::GateSpec& gate, const RuleId& rule) {
  if (!gate.deadline) return false;
  for (const core::Escalation& level : gate.deadline->levels) {
    if (level.rules.empty() || std::ranges::find(level.rules, rule) != level.rules.end()) {
      return true;
    }
  }
  return false;
}

// Everybody approves.
class Everybody {
 public:
  explicit Everybody(const core::GateSpec& gate) : gate_(gate) {
    gate_.needs_human = false;
    Visit(gate_.rules);
    for (const core::AutoVoter& voter : gate.auto_voters) {
      if (voter.is_shadow) continue;
      for (const RuleId& rule : voter.fills) AddVoter("policy:" + voter.id, rule);
    }
  }

  bool is_small() const { return rules_of_.size() <= kMaxPeople; }

  bool Satisfy() const {
    std::vector<core::Vote> votes;
    for (const auto& [name, rules] : rules_of_) {
      core::Vote vote;
      vote.voter = PrincipalId(name);
      vote.rules = rules;
      votes.push_back(std::move(vote));
    }
    return core::Tally(gate_, votes) == core::GateOutcome::kSatisfied;
  }

  // Rules that ask for more people than can fill them.
  std::vector<Impossibility> ShortRules() const {
    std::vector<Impossibility> found;
    for (const core::Rule* leaf : core::Leaves(gate_.rules)) {
      const auto voters = voters_of_.find(leaf->id);
      const std::size_t have = voters == voters_of_.end() ? 0 : voters->second;
      if (leaf->need <= have) continue;
      found.push_back({leaf->id, fmt::format("the gate can never be satisfied: rule '{}' needs {} "
                                             "people, but its list names {}",
                                             leaf->id.value, leaf->need, have)});
    }
    return found;
  }

 private:
  void Visit(core::Rule& rule) {
    for (core::Rule& child : rule.children) Visit(child);
    if (rule.kind != core::RuleKind::kLeaf) return;
    const People people = NamedIn(rule.from);
    if (people.empty() || rule.needs_all || IsWidened(gate_, rule.id)) {
      // Somebody nobody else competes with stands for everybody this rule may find.
      rule.need = 1;
      rule.needs_all = false;
      return AddVoter("?" + rule.id.value, rule.id);
    }
    for (const std::string& name : people) AddVoter("user:" + name, rule.id);
  }

  void AddVoter(const std::string& name, const RuleId& rule) {
    rules_of_[name].push_back(rule);
    ++voters_of_[rule];
  }

  core::GateSpec gate_;
  std::map<std::string, std::vector<RuleId>> rules_of_;
  std::map<RuleId, std::size_t> voters_of_;
};

}  // namespace

std::vector<Impossibility> FindImpossible(const core::GateSpec& gate) {
  const Everybody everybody(gate);
  if (!everybody.is_small() || everybody.Satisfy()) return {};
  auto found = everybody.ShortRules();
  if (found.empty()) {
    found.push_back({RuleId(),
                     "the gate can never be satisfied: even if everybody its rules name approves, "
                     "there are not enough different people, because one person fills one place "
                     "('distinct: false' would let them fill several)"});
  }
  return found;
}

}  // namespace gatewright::definition
