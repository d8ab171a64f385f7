// engine/definition/context.h: what every part of a workflow may need to look at while it is read.
// Everything is borrowed until the file is read. One thread.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/definition/yaml.h"
#include "engine/ports/plugins.h"

namespace gatewright::definition {

class PolicyBook;

// kStored: what was published once stays usable, though newer versions would refuse to publish it.
enum class Purpose { kNew = 1, kStored };

struct KnownStage {
  std::string name;
  const Node* form = nullptr;  // the schema of its gate's form; null = none
};

struct LoadContext {
  const ports::Plugins& plugins;
  const PolicyBook& policies;
  std::set<std::string>& used_policies;  // those a workflow named so far
  Purpose purpose = Purpose::kNew;
  const Node* subject_schema = nullptr;
  std::string committers_problem{};   // not empty: no subject can ever say who its authors are
  std::vector<KnownStage> earlier{};  // the stages before the one being read
  std::string stage{};                // the one being read
};

}  // namespace gatewright::definition
