// tests/core/property/tally_property_test.cpp: over random gates and votes, a tally is a function
// of the set of votes, and says what trying every assignment says. GATEWRIGHT_TREES sets how many.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "engine/core/tally.h"
#include "tests/core/property/random.h"
#include "tests/core/property/random_workflow.h"
#include "tests/core/property/tally_reference.h"

namespace gatewright::core::test {
namespace {

std::uint32_t FilledSlots(const TallyResult& tally) {
  std::uint32_t filled = 0;
  for (const RuleTally& rule : tally.rules) filled += rule.have;
  return filled;
}

void CheckOne(Random& random, std::map<GateOutcome, std::uint64_t>& seen) {
  const GateSpec gate = RandomGate(random);
  auto votes = RandomVotes(random, gate);
  const auto tally = TallyInDetail(gate, votes);

  ASSERT_EQ(ToString(tally.outcome), ToString(ReferenceTally(gate, votes)));
  ASSERT_EQ(FilledSlots(tally), ReferenceFilledSlots(gate, votes));
  for (int i = 0; i < 4; ++i) {
    random.Shuffle(votes);
    ASSERT_EQ(ToString(Tally(gate, votes)), ToString(tally.outcome)) << "depends on the order";
    const auto again = TallyInDetail(gate, votes);
    ASSERT_EQ(again.rules, tally.rules) << "the figures depend on the order";
    ASSERT_EQ(again.rejects, tally.rejects);
  }
  ++seen[tally.outcome];
}

TEST(TallyProperty, IsAFunctionOfTheSetOfVotes) {
  const auto seeds = Seeds();
  const std::uint64_t trees = NumberFromEnvironment("GATEWRIGHT_TREES", 20'000) / seeds.size() + 1;
  std::map<GateOutcome, std::uint64_t> seen;
  for (const std::uint64_t seed : seeds) {
    Random random(seed);
    for (std::uint64_t tree = 0; tree < trees; ++tree) {
      CheckOne(random, seen);
      if (HasFatalFailure()) FAIL() << "at gate " << tree << " of GATEWRIGHT_SEED=" << seed;
    }
  }
  // A test that only ever sees gates wait would prove nothing.
  for (const GateOutcome outcome :
       {GateOutcome::kPending, GateOutcome::kSatisfied, GateOutcome::kRejected}) {
    EXPECT_GT(seen[outcome], trees / 10) << ToString(outcome);
  }
}

}  // namespace
}  // namespace gatewright::core::test
