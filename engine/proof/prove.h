// engine/proof/prove.h: `gatewright prove`: what is true of every run of a workflow, whoever does
// what and when. Drives `core::Decide` itself through every state that can be reached. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/proof/explore.h"
#include "engine/proof/people.h"
#include "engine/proof/script.h"

namespace gatewright::proof {

enum class Property : std::uint8_t {
  kEnds = 1,          // from every state some end can be reached
  kGated,             // nothing acts without the votes of every gate before it
  kHeld,              // nothing acts against a stop, a closed calendar or somebody else's lock
  kOnce,              // an action that succeeded is not done again
  kStagesReached,     // no stage is dead
  kGatesSatisfiable,  // no gate is impossible
  kGuarded,           // somebody is asked before anything acts
  kNotByRequester,    // nobody passes what they asked for by themselves
  kNotByOnePerson,    // nor anybody else alone
  kNotByPolicies,     // nor the policies, without any person
  kNotByOverride,     // no gate is passed on purpose
  kNotByTime,         // no gate is passed because nobody decided it
};
std::string_view NameOf(Property property);      // "ends"
std::string_view SentenceOf(Property property);  // "every run can end"
// Broken: is it a mistake, or may it be meant? What may be meant counts with `is_strict` only.
bool IsMistake(Property property);

enum class Verdict : std::uint8_t { kProven = 1, kViolated, kNotProven };
std::string_view ToString(Verdict verdict);

struct Finding {
  std::string message;
  Script script;  // a shortest one
};

struct Answer {
  Property property = Property::kEnds;
  Verdict verdict = Verdict::kNotProven;
  std::vector<Finding> findings;
  std::string why_not_proven;
};

struct ProveOptions {
  std::size_t state_limit = 200'000;
  std::function<bool()> is_out_of_time;  // none = no limit
  std::vector<Person> people;            // instead of the abstract ones
  TraitsOf traits_of = PlainTraits;
  Decider decider;  // none = core::Decide
};

struct Proof {
  std::vector<Answer> answers;
  std::size_t states = 0;  // of all explorations together
  std::size_t transitions = 0;
  std::size_t depth = 0;
  std::size_t state_limit = 0;
  std::vector<std::string> limits;  // what was reached, as sentences; empty = everything was seen
  std::vector<Person> people;

  const Answer& Of(Property property) const;
  // The worst verdict; of what is no mistake only when `is_strict`.
  Verdict Overall(bool is_strict) const;
};

Proof Prove(const core::Workflow& workflow, const ProveOptions& options);

}  // namespace gatewright::proof
