// plugins/check/table.h: every check there is, in the order in which they make sense: each may take
// for granted that those before it were passed. Immutable.
#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "plugins/check/finding.h"
#include "plugins/check/specimen.h"

namespace gatewright::check {

enum class Scope { kLibrary = 1, kOffer };

struct Check {
  std::string_view name;
  std::string_view promise;  // what is so when it is passed
  Scope scope;
  Finding (*run)(Specimen& specimen);
  std::chrono::seconds limit{10};  // then its process is killed
};

std::span<const Check> AllChecks();
const Check* FindCheck(std::string_view name);  // null when there is none

}  // namespace gatewright::check
