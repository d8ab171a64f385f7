#include "engine/simulation/people.h"

#include "engine/simulation/args.h"

namespace gatewright::simulation {

void People::Read(const definition::Node& node) {
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
    people_.insert_or_assign(member.key, std::move(person));
  }
}

core::Principal People::Find(const std::string& name) const {
  const auto found = people_.find(name);
  if (found != people_.end()) return found->second;
  core::Principal stranger;
  stranger.id = PrincipalId{name};
  return stranger;
}

std::shared_ptr<const runtime::Directory> People::MakeDirectory() const {
  std::vector<core::Principal> all;
  for (const auto& [name, person] : people_) all.push_back(person);
  return std::make_shared<const runtime::Directory>(std::move(all));
}

}  // namespace gatewright::simulation
