// tests/core/property/tally_property_test.cpp: over random gates and votes, a tally is a function
// of the set of votes, and says what trying every assignment says. GATEWRIGHT_TREES sets how many.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "engine/core/electorate.h"
#include "engine/core/tally.h"
#include "tests/core/property/random.h"
#include "tests/core/property/random_workflow.h"
#include "tests/core/property/tally_reference.h"
#include "tests/core/support/build.h"

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

// With `need: all`: as many as are listed and not kept out; never while nobody knows.
void CheckNeedAll(Random& random) {
  StageSpec stage = Asks("S", RandomGate(random));
  SetNeedsAll(random, stage.gate->rules, 50);
  stage.gate->separation.excludes_requester = random.Chance(50);
  Run run;
  run.requester = PrincipalId{"v0"};
  core::Gate gate;
  GateSpec wanted = *stage.gate;
  gate.eligible.emplace();
  const auto list = [&](auto& self, Rule& rule) -> void {
    for (Rule& child : rule.children) self(self, child);
    if (rule.kind != RuleKind::kLeaf) return;
    const std::uint32_t listed = random.Chance(70) ? random.Between(1, 3) : 0;
    if (listed > 0) {
      gate.eligible->push_back({rule.id, {}});
      for (std::uint32_t i = 0; i < listed; ++i) {
        gate.eligible->back().people.emplace_back("v" + std::to_string(i));
      }
    }
    const std::uint32_t kept_out = stage.gate->separation.excludes_requester ? 1 : 0;
    if (rule.needs_all) rule.need = listed > kept_out ? listed - kept_out : 99;
  };
  list(list, wanted.rules);
  GateSpec resolved = *stage.gate;
  resolved.rules = ResolvedRules(run, stage, gate);
  const auto votes = RandomVotes(random, *stage.gate);

  ASSERT_EQ(ToString(Tally(resolved, votes)), ToString(ReferenceTally(wanted, votes)));
}

TEST(TallyProperty, NeedAllIsTheNumberOfPeopleListed) {
  const auto seeds = Seeds();
  const std::uint64_t trees = NumberFromEnvironment("GATEWRIGHT_TREES", 20'000) / seeds.size() / 4;
  for (const std::uint64_t seed : seeds) {
    Random random(seed);
    for (std::uint64_t tree = 0; tree < trees; ++tree) {
      CheckNeedAll(random);
      if (HasFatalFailure()) FAIL() << "at gate " << tree << " of GATEWRIGHT_SEED=" << seed;
    }
  }
}

// The loader allows `of` at most this many children: the worst trees there still take no time.
TEST(TallyProperty, TheLargestChoiceIsMade) {
  constexpr std::uint32_t kMostChildren = 16;
  std::vector<Rule> pairs;
  std::vector<Vote> votes;
  for (std::uint32_t i = 0; i < kMostChildren; ++i) {
    const std::string name = std::to_string(i);
    pairs.push_back(All({Leaf("a" + name), Leaf("b" + name)}));
    Vote vote;
    vote.voter = PrincipalId{"v" + name};
    // Everybody may fill a pair's half and the next one's: no two pairs are alike.
    const std::string next = std::to_string((i + 1) % kMostChildren);
    vote.rules = {RuleId{"a" + name}, RuleId{"b" + name}, RuleId{"a" + next}};
    votes.push_back(std::move(vote));
  }
  const GateSpec half = Gate({NOf(kMostChildren / 2, pairs)});
  const GateSpec one_more = Gate({NOf(kMostChildren / 2 + 1, pairs)});

  EXPECT_EQ(ToString(Tally(half, votes)), "satisfied");
  EXPECT_EQ(ToString(Tally(one_more, votes)), "pending");
}

}  // namespace
}  // namespace gatewright::core::test
