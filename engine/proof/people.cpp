#include "engine/proof/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

namespace gatewright::proof {
namespace {

using core::GateSpec;
using core::Rule;
using core::Workflow;

// More people of one kind make a proof slow and find nothing.
constexpr std::uint32_t kMaxOfOneKind = 12;

bool IsOnePerson(std::string_view trait) { return trait.starts_with(kOnePerson); }

std::vector<const GateSpec*> GatesOf(const Workflow& workflow) {
  std::vector<const GateSpec*> gates;
  for (const core::StageSpec& stage : workflow.stages) {
    if (stage.gate) gates.push_back(&*stage.gate);
  }
  if (workflow.review && workflow.review->gate) gates.push_back(&*workflow.review->gate);
  return gates;
}

// Does any rule of the workflow say so?
bool Says(const Workflow& workflow, bool core::SeparationOfDuties::*word) {
  for (const GateSpec* gate : GatesOf(workflow)) {
    if (gate->separation.*word) return true;
    for (const Rule* leaf : Leaves(gate->rules)) {
      if (leaf->separation && (*leaf->separation).*word) return true;
    }
  }
  return false;
}

using Needs = std::map<std::string, std::uint32_t>;

// How many people of each trait this gate could use at once.
Needs NeedsOf(const GateSpec& gate, const TraitsOf& traits_of) {
  Needs needs;
  for (const Rule* leaf : Leaves(gate.rules)) {
    for (const std::string& trait : traits_of(leaf->from)) needs[trait] += leaf->need;
  }
  if (!gate.deadline) return needs;
  for (const core::Escalation& level : gate.deadline->levels) {
    for (const std::string& trait : traits_of(level.add)) {
      needs[trait] = std::max(needs[trait], 1U);
    }
  }
  return needs;
}

Needs NeedsOf(const Workflow& workflow, const TraitsOf& traits_of) {
  Needs needs;
  // Where nobody votes twice in a run, every stage needs people of its own.
  const bool is_added = Says(workflow, &core::SeparationOfDuties::excludes_previous_voters);
  for (const GateSpec* gate : GatesOf(workflow)) {
    for (const auto& [trait, need] : NeedsOf(*gate, traits_of)) {
      needs[trait] = is_added ? needs[trait] + need : std::max(needs[trait], need);
    }
  }
  if (workflow.overriding) {
    for (const std::string& trait : traits_of(workflow.overriding->from)) {
      needs[trait] = std::max(needs[trait], 1U);
    }
  }
  return needs;
}

// "role:qa" → "qa"; what a plugin of somebody else is asked has no short name.
std::string ShortName(const std::string& trait, std::size_t index) {
  const auto colon = trait.find(':');
  const bool is_word =
      colon != std::string::npos && trait.find_first_of(" {\"") == std::string::npos;
  return is_word ? trait.substr(colon + 1) : fmt::format("person-{}", index + 1);
}

std::vector<std::string> SharedTraits(const Workflow& workflow, const TraitsOf& traits_of) {
  auto traits = AllTraits(workflow, traits_of);
  std::erase_if(traits, IsOnePerson);
  return traits;
}

}  // namespace

std::vector<std::string> PlainTraits(const core::PluginUse& use) {
  return {use.plugin + " " + use.with_json};
}

std::vector<std::string> AllTraits(const Workflow& workflow, const TraitsOf& traits_of) {
  std::vector<std::string> traits;
  for (const auto& [trait, need] : NeedsOf(workflow, traits_of)) traits.push_back(trait);
  return traits;
}

Cast DefaultCast(const Workflow& workflow, const TraitsOf& traits_of) {
  Cast cast;
  const auto add = [&](Person person) {
    cast.people.push_back(std::move(person));
    return cast.people.size() - 1;
  };
  cast.requesters.push_back(add({std::string(kOutsider), {}, false, false}));
  const auto shared = SharedTraits(workflow, traits_of);
  if (!shared.empty()) cast.requesters.push_back(add({"all-rounder", shared, false, false}));
  if (Says(workflow, &core::SeparationOfDuties::excludes_committers)) {
    add({"committer", shared, false, true});
  }
  const bool has_teams = Says(workflow, &core::SeparationOfDuties::excludes_same_team);

  std::size_t index = 0;
  for (const auto& [trait, need] : NeedsOf(workflow, traits_of)) {
    const std::string name = ShortName(trait, index++);
    if (IsOnePerson(trait)) {
      cast.requesters.push_back(add({name, {trait}, false, false}));
      continue;
    }
    const std::uint32_t count = std::min(need + 1, kMaxOfOneKind);
    for (std::uint32_t i = 1; i <= count; ++i) {
      add({fmt::format("{}-{}", name, i), {trait}, false, false});
    }
    if (has_teams) add({name + "-teammate", {trait}, true, false});
  }
  return cast;
}

Cast CastOf(std::vector<Person> people) {
  Cast cast;
  cast.people = std::move(people);
  const auto is_outsider = [](const Person& person) { return person.name == kOutsider; };
  if (std::ranges::none_of(cast.people, is_outsider)) {
    cast.people.push_back({std::string(kOutsider), {}, false, false});
  }
  for (std::size_t i = 0; i < cast.people.size(); ++i) cast.requesters.push_back(i);
  std::ranges::reverse(cast.requesters);  // the outsider first
  return cast;
}

std::vector<Person> LonePeople(const Workflow& workflow, const TraitsOf& traits_of) {
  const auto shared = SharedTraits(workflow, traits_of);
  std::vector<Person> people = {{"all-rounder", shared, false, false}};
  for (const std::string& trait : AllTraits(workflow, traits_of)) {
    if (!IsOnePerson(trait)) continue;
    Person person{trait.substr(kOnePerson.size()), shared, false, false};
    person.traits.push_back(trait);
    people.push_back(std::move(person));
  }
  return people;
}

}  // namespace gatewright::proof
