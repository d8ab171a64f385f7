#include "tests/core/property/random.h"

#include <cstdlib>
#include <iostream>

namespace gatewright::core::test {

std::uint64_t NumberFromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::vector<std::uint64_t> Seeds() {
  std::vector<std::uint64_t> seeds = {1, 20260302};
  if (const std::uint64_t wanted = NumberFromEnvironment("GATEWRIGHT_SEED", 0)) {
    seeds = {wanted};
  } else {
    seeds.push_back(std::random_device{}() + 1ULL);
  }
  for (const std::uint64_t seed : seeds) {
    std::cout << "to repeat it: GATEWRIGHT_SEED=" << seed << "\n";
  }
  return seeds;
}

}  // namespace gatewright::core::test
