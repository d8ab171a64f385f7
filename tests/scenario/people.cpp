#include "tests/scenario/people.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/codec/json.h"
#include "tests/scenario/args.h"

namespace gatewright::scenario {
namespace {

// {"role": "qa"} and {"role": ["qa", "ops"]} both name a list.
std::vector<std::string> NamesIn(const core::PluginUse& from) {
  const auto config = codec::ParseJson(from.with_json);
  const boost::json::value& names = config.value().as_object().at(from.plugin);
  std::vector<std::string> all;
  if (names.is_string()) {
    all.emplace_back(names.as_string());
  } else {
    for (const auto& name : names.as_array()) all.emplace_back(name.as_string());
  }
  return all;
}

bool IsEligible(const core::Principal& person, const core::PluginUse& from) {
  if (person.is_everybody) return true;
  const auto has = [&](const std::string& name) {
    if (from.plugin == "user") return person.id.value == name;
    const auto& words = from.plugin == "role" ? person.roles : person.groups;
    return std::ranges::find(words, name) != words.end();
  };
  return std::ranges::any_of(NamesIn(from), has);
}

}  // namespace

People::People(const definition::Node& node) {
  for (const definition::YamlMember& member : node.members()) {
    const Args args(member.value, {"roles", "groups", "kind", "everybody"});
    core::Principal person;
    person.id = PrincipalId{member.key};
    person.roles = args.Texts("roles");
    person.groups = args.Texts("groups");
    person.kind = args.Choice("kind", {"person", "service"}, 0) == 0
                      ? core::PrincipalKind::kPerson
                      : core::PrincipalKind::kService;
    person.is_everybody = args.IsSet("everybody");
    people_.emplace(member.key, std::move(person));
  }
}

core::Principal People::Find(const std::string& name) const {
  const auto found = people_.find(name);
  if (found != people_.end()) return found->second;
  core::Principal stranger;
  stranger.id = PrincipalId{name};
  return stranger;
}

core::EligibilityFacts FactsAbout(const core::Principal& person, const core::StageSpec& stage) {
  core::EligibilityFacts facts;
  facts.stage = stage.name;
  if (!stage.gate) return facts;
  std::vector<std::string> wanted;
  for (const core::Rule* leaf : Leaves(stage.gate->rules)) {
    if (IsEligible(person, leaf->from)) facts.rules.push_back(leaf->id);
    wanted.push_back(fmt::format("{} {}", leaf->from.plugin, fmt::join(NamesIn(leaf->from), "/")));
  }
  facts.why_not = fmt::format("{} is none of: {}", person.id.value, fmt::join(wanted, ", "));
  return facts;
}

}  // namespace gatewright::scenario
