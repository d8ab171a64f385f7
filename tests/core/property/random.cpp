#include "tests/core/property/random.h"

#include <cstdlib>
#include <iostream>

namespace gatewright::core::test {

std::uint64_t NumberFromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::uint64_t NewSeed() {
  std::uint64_t seed = NumberFromEnvironment("GATEWRIGHT_SEED", 0);
  if (seed == 0) seed = std::random_device{}() + 1ULL;
  std::cout << "to repeat it: GATEWRIGHT_SEED=" << seed << "\n";
  return seed;
}

std::vector<std::uint64_t> Seeds() {
  std::vector<std::uint64_t> seeds;
  if (NumberFromEnvironment("GATEWRIGHT_SEED", 0) == 0) seeds = kFixedSeeds;
  seeds.push_back(NewSeed());
  return seeds;
}

}  // namespace gatewright::core::test
