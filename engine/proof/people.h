// engine/proof/people.h: the people of a proof. Nobody real: as many of each kind as could matter.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/workflow.h"

namespace gatewright::proof {

// What makes somebody eligible: "role:qa", "group:sre", or "user:alice", which is one person.
// Rules whose `from` share a trait share people.
using TraitsOf = std::function<std::vector<std::string>(const core::PluginUse&)>;

// Where nobody can read the config of a plugin: each config is a trait of its own.
std::vector<std::string> PlainTraits(const core::PluginUse& use);

inline constexpr std::string_view kOnePerson = "user:";

struct Person {
  std::string name;
  std::vector<std::string> traits;
  bool is_teammate = false;   // shares a group with whoever requests
  bool is_committer = false;  // the subject names them as one of its authors

  bool operator==(const Person&) const = default;
};

struct Cast {
  std::vector<Person> people;
  std::vector<std::size_t> requesters;  // who may create the run: each is tried
};

// Everything that rules, levels and overrides of the workflow ask for, each once, sorted.
std::vector<std::string> AllTraits(const core::Workflow& workflow, const TraitsOf& traits_of);

// For each trait one person more than could ever be needed at once, everybody whom the file names,
// somebody who has every role, and somebody who has none and only requests.
Cast DefaultCast(const core::Workflow& workflow, const TraitsOf& traits_of);

// These people, each of them also as the requester, and an outsider as one.
Cast CastOf(std::vector<Person> people);

// Whom to try when the question is what one person can do alone: somebody with every role, and
// for each person the file names, that person with every role besides.
std::vector<Person> LonePeople(const core::Workflow& workflow, const TraitsOf& traits_of);

inline constexpr std::string_view kOutsider = "requester";

}  // namespace gatewright::proof
