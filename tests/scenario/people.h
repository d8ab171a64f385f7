// tests/scenario/people.h: who is who in a scenario, and which rules they may fill: what the
// approver plugins `user`, `role` and `group` would say.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/core/command.h"
#include "engine/definition/yaml.h"

namespace gatewright::scenario {

class People {
 public:
  People() = default;
  // {alice: {roles: [qa], groups: [sre]}, ci: {kind: service}}
  explicit People(const definition::Node& node);

  // Somebody the file does not mention has neither roles nor groups.
  core::Principal Find(const std::string& name) const;

 private:
  std::map<std::string, core::Principal> people_;
};

core::EligibilityFacts FactsAbout(const core::Principal& person, const core::StageSpec& stage);

}  // namespace gatewright::scenario
