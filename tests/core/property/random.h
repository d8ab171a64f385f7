// tests/core/property/random.h: repeatable chance. The same seed gives the same story everywhere,
// which the distributions of the standard library do not promise.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace gatewright::core::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t Below(std::uint64_t limit) { return engine_() % limit; }
  std::uint32_t Between(std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(Below(high - low + 1));
  }
  bool Chance(std::uint64_t percent) { return Below(100) < percent; }

  template <class T>
  const T& Pick(const std::vector<T>& from) {
    return from[Below(from.size())];
  }

  template <class T>
  void Shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

// A new one each time, or GATEWRIGHT_SEED where that is set. Printed, so that a failure can be
// repeated.
std::uint64_t NewSeed();

// A few that are always the same: what has to happen at least once happens with these, or never.
inline const std::vector<std::uint64_t> kFixedSeeds = {1, 20260302};

// The fixed ones and a new one; or only GATEWRIGHT_SEED, where that is set.
std::vector<std::uint64_t> Seeds();

// The number in an environment variable, or `otherwise`.
std::uint64_t NumberFromEnvironment(const char* name, std::uint64_t otherwise);

}  // namespace gatewright::core::test
