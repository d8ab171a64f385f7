// tests/core/property/walk_property_test.cpp: random commands on runs of random workflows that
// share locks, stops and calendars. Every step is a row of the transition table and every row that
// is not rare is taken; what is true of a run stays true; replaying the events, straight or through
// the JSON of the log after every step, gives the same. GATEWRIGHT_WALKS sets how many walks,
// GATEWRIGHT_SEED repeats.
#include <gtest/gtest.h>

#include "tests/core/property/world_walk.h"

namespace gatewright::core::test {
namespace {

constexpr std::uint64_t kSteps = 40;
constexpr std::uint64_t kQuickWalks = 24'000;

void WalkAll(const std::vector<std::uint64_t>& seeds, std::uint64_t walks, bool is_restarted,
             Taken& taken) {
  for (const std::uint64_t seed : seeds) {
    Random random(seed);
    for (std::uint64_t walk = 0; walk < walks / seeds.size() + 1; ++walk) {
      const std::string broken = WorldWalk(random, taken, is_restarted).Go(kSteps);
      ASSERT_EQ(broken, "") << "in walk " << walk << " of GATEWRIGHT_SEED=" << seed;
    }
  }
}

// Rows that need a coincidence: an early or a kept vote that rejects just then, the last of `need:
// all` just when the people are listed, the review of a run that ended some other way, the second
// stage of a rollback. A walk may take them, but no number of walks of this length is sure to. The
// unit tests take them on purpose.
bool IsRare(const Transition& row) {
  for (const std::string_view sign : {"early votes", "votes that are kept", "need: all", "review",
                                      "too old", "the rest of a rollback", "for the rollback"}) {
    if (row.when.find(sign) != row.when.npos) return true;
  }
  return false;
}

std::uint64_t Walks() { return NumberFromEnvironment("GATEWRIGHT_WALKS", kQuickWalks); }

TEST(WalkProperty, EveryStepIsARow) {
  Taken taken{};
  WalkAll({NewSeed()}, Walks() / 3, false, taken);
}

// With fixed seeds only: of new ones some would miss a row, by chance, and prove nothing by it.
TEST(WalkProperty, EveryRowIsTaken) {
  Taken taken{};
  WalkAll(kFixedSeeds, Walks(), false, taken);
  for (std::size_t row = 0; row < kTransitions.size(); ++row) {
    const Transition& transition = kTransitions[row];
    if (IsRare(transition)) continue;
    EXPECT_GT(taken[row], 0U) << "no run ever went from "
                              << (transition.from ? ToString(*transition.from) : "new") << " by '"
                              << ToString(transition.command) << "' to "
                              << (transition.to ? ToString(*transition.to) : "what it was") << " ("
                              << transition.when << ")";
  }
}

TEST(WalkProperty, ARestartAfterEveryStepChangesNothing) {
  Taken taken{};
  WalkAll(Seeds(), Walks() / 40, true, taken);
}

}  // namespace
}  // namespace gatewright::core::test
