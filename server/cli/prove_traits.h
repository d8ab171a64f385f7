// server/cli/prove_traits.h: what makes people eligible, read from the configs of our own
// approvers. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/proof/people.h"

namespace gatewright::cli {

// {role: [qa, ops]} → "role:qa", "role:ops"; likewise group and user. The config of another plugin
// is a trait as a whole.
std::vector<std::string> TraitsIn(const core::PluginUse& use);

// "alice:qa,devops": alice, with everything the workflow asks for that is called qa or devops, be
// it a role, a group or a plugin.
Result<std::vector<proof::Person>> ReadPeople(const std::vector<std::string>& texts,
                                              const core::Workflow& workflow);

}  // namespace gatewright::cli
