// engine/simulation/people.h: who is who in a script. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "engine/core/principal.h"
#include "engine/definition/yaml.h"
#include "engine/runtime/surroundings.h"

namespace gatewright::simulation {

class People {
 public:
  // {alice: {roles: [qa], groups: [sre]}, ci: {kind: service}}; adds to those there are.
  void Read(const definition::Node& node);

  // Somebody the script does not mention has neither roles nor groups.
  core::Principal Find(const std::string& name) const;
  std::shared_ptr<const runtime::Directory> MakeDirectory() const;

 private:
  std::map<std::string, core::Principal> people_;
};

}  // namespace gatewright::simulation
