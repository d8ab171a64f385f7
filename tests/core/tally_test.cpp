// tests/core/tally_test.cpp: which votes satisfy which gate, as a table; and the figures people
// see.
#include "engine/core/tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

#include "engine/core/matching.h"
#include "tests/core/support/build.h"

namespace gatewright::core::test {
namespace {

using ::testing::ElementsAre;

// Somebody's approve, and the rules it may fill.
Vote Approve(std::string_view voter, std::initializer_list<std::string_view> rules) {
  Vote vote;
  vote.voter = PrincipalId{voter};
  for (const std::string_view rule : rules) vote.rules.emplace_back(rule);
  return vote;
}

Vote Reject(std::string_view voter, std::initializer_list<std::string_view> rules) {
  Vote vote = Approve(voter, rules);
  vote.choice = Choice::kReject;
  return vote;
}

Vote ByPolicy(Vote vote) {
  vote.kind = PrincipalKind::kPolicy;
  return vote;
}

Vote InShadow(Vote vote) {
  vote.is_shadow = true;
  return vote;
}

GateSpec With(GateSpec gate, RejectRule reject) {
  gate.reject = reject;
  return gate;
}

GateSpec Shared(GateSpec gate) {
  gate.is_distinct = false;
  return gate;
}

GateSpec Human(GateSpec gate) {
  gate.needs_human = true;
  return gate;
}

struct Case {
  std::string name;
  GateSpec gate;
  std::vector<Vote> votes;
  std::string_view outcome;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class TallyOf : public ::testing::TestWithParam<Case> {};

TEST_P(TallyOf, Is) {
  EXPECT_EQ(ToString(Tally(GetParam().gate, GetParam().votes)), GetParam().outcome);
  EXPECT_EQ(ToString(TallyInDetail(GetParam().gate, GetParam().votes).outcome), GetParam().outcome);
}

const GateSpec kOne = Gate({Leaf("qa")});
const GateSpec kTwo = Gate({Leaf("qa", 2)});
const GateSpec kBoth = Gate({Leaf("qa"), Leaf("security")});
const GateSpec kDirectorOrTeam =
    Gate({Any({Leaf("director"), All({Leaf("devops", 2), Leaf("security")})})});
const GateSpec kTwoOfThree = Gate({NOf(2, {Leaf("a"), Leaf("b"), Leaf("c")})});
const GateSpec kNested = Gate(
    {Leaf("owner"), NOf(2, {Leaf("a"), Any({Leaf("b"), Leaf("c")}), All({Leaf("d"), Leaf("e")})})});

const std::vector<Case> kCases = {
    {"NobodyVoted", kOne, {}, "pending"},
    {"OneOfOne", kOne, {Approve("ann", {"qa"})}, "satisfied"},
    {"OneOfTwo", kTwo, {Approve("ann", {"qa"})}, "pending"},
    {"TwoOfTwo", kTwo, {Approve("ann", {"qa"}), Approve("bob", {"qa"})}, "satisfied"},
    {"ApproveOfAnotherRule", kOne, {Approve("ann", {"security"})}, "pending"},
    {"ApproveThatFillsNothing", kOne, {Approve("ann", {})}, "pending"},

    {"OnePersonDoesNotFillTwoRules", kBoth, {Approve("ann", {"qa", "security"})}, "pending"},
    {"OnePersonFillsTwoRulesWhereShared",
     Shared(kBoth),
     {Approve("ann", {"qa", "security"})},
     "satisfied"},
    {"SharedStillCountsPeople", Shared(Gate({Leaf("qa", 2)})), {Approve("ann", {"qa"})}, "pending"},
    // Greedy assignment gives ann to qa and has nobody left who could be security … or the reverse.
    {"OverlapDoesNotStrandTheFirstRule",
     kBoth,
     {Approve("ann", {"qa", "security"}), Approve("bob", {"qa"})},
     "satisfied"},
    {"OverlapDoesNotStrandTheSecondRule",
     kBoth,
     {Approve("ann", {"qa", "security"}), Approve("bob", {"security"})},
     "satisfied"},
    {"AChainOfOverlapsIsUntangled",
     Gate({Leaf("a"), Leaf("b"), Leaf("c"), Leaf("d")}),
     {Approve("ann", {"a", "b"}), Approve("bob", {"b", "c"}), Approve("cid", {"c", "d"}),
      Approve("dan", {"a"})},
     "satisfied"},
    {"OverlapWithQuorum",
     Gate({Leaf("qa", 2), Leaf("security", 1)}),
     {Approve("ann", {"qa", "security"}), Approve("bob", {"qa", "security"}),
      Approve("cid", {"qa"})},
     "satisfied"},
    {"OverlapOneShort",
     Gate({Leaf("qa", 2), Leaf("security", 2)}),
     {Approve("ann", {"qa", "security"}), Approve("bob", {"qa", "security"}),
      Approve("cid", {"qa"})},
     "pending"},

    {"AnyByItsFirst", kDirectorOrTeam, {Approve("ann", {"director"})}, "satisfied"},
    {"AnyByItsSecond",
     kDirectorOrTeam,
     {Approve("ann", {"devops"}), Approve("bob", {"devops"}), Approve("cid", {"security"})},
     "satisfied"},
    {"AnyHalfway",
     kDirectorOrTeam,
     {Approve("ann", {"devops"}), Approve("cid", {"security"})},
     "pending"},
    {"AnyPicksTheChildThatLeavesPeopleForTheRest",
     Gate({Any({Leaf("a"), Leaf("b")}), Leaf("c")}),
     {Approve("ann", {"a", "c"}), Approve("bob", {"b"})},
     "satisfied"},
    {"AnyOnTopOfARuleThatNeedsTheSamePerson",
     Gate({Any({Leaf("a"), Leaf("b")}), Leaf("c")}),
     {Approve("ann", {"a", "c"})},
     "pending"},

    {"TwoOfThreeRules", kTwoOfThree, {Approve("ann", {"a"}), Approve("bob", {"c"})}, "satisfied"},
    {"OneOfThreeRules", kTwoOfThree, {Approve("ann", {"a", "b", "c"})}, "pending"},
    {"NestedByAnyAndAll",
     kNested,
     {Approve("ann", {"owner"}), Approve("bob", {"c"}), Approve("cid", {"d"}),
      Approve("dan", {"e"})},
     "satisfied"},
    {"NestedWithoutOwner",
     kNested,
     {Approve("bob", {"c"}), Approve("cid", {"d"}), Approve("dan", {"e"})},
     "pending"},
    {"NestedAllHalfFilled",
     kNested,
     {Approve("ann", {"owner"}), Approve("bob", {"c"}), Approve("cid", {"d"})},
     "pending"},

    {"Veto", kOne, {Reject("ann", {"qa"})}, "rejected"},
    {"VetoBeatsASatisfiedGate", kOne, {Approve("ann", {"qa"}), Reject("bob", {"qa"})}, "rejected"},
    {"BelowThreshold", With(kOne, {RejectKind::kThreshold, 2}), {Reject("ann", {"qa"})}, "pending"},
    {"BelowThresholdAndEnoughApproves",
     With(kOne, {RejectKind::kThreshold, 2}),
     {Reject("ann", {"qa"}), Approve("bob", {"qa"})},
     "satisfied"},
    {"AtThreshold",
     With(kOne, {RejectKind::kThreshold, 2}),
     {Reject("ann", {"qa"}), Reject("bob", {"qa"})},
     "rejected"},
    {"BlockNeverRejects",
     With(kOne, {RejectKind::kBlock, 1}),
     {Reject("ann", {"qa"}), Reject("bob", {"qa"})},
     "pending"},
    {"BlockHoldsASatisfiedGate",
     With(kOne, {RejectKind::kBlock, 1}),
     {Reject("ann", {"qa"}), Approve("bob", {"qa"})},
     "pending"},

    {"APolicyIsAVoter", kOne, {ByPolicy(Approve("policy:p", {"qa"}))}, "satisfied"},
    {"APolicyIsNoHuman", Human(kOne), {ByPolicy(Approve("policy:p", {"qa"}))}, "pending"},
    {"APolicyAndAHuman",
     Human(kTwo),
     {ByPolicy(Approve("policy:p", {"qa"})), Approve("ann", {"qa"})},
     "satisfied"},
    {"AHumanOutsideTheRulesIsNoHelp",
     Human(kOne),
     {ByPolicy(Approve("policy:p", {"qa"})), Approve("ann", {})},
     "pending"},
    {"ARejectingHumanIsNoApproval",
     Human(With(kOne, {RejectKind::kThreshold, 2})),
     {ByPolicy(Approve("policy:p", {"qa"})), Reject("ann", {"qa"})},
     "pending"},
    {"APolicyThatFillsNothingMayStillReject", kOne, {ByPolicy(Reject("policy:p", {}))}, "rejected"},
    {"ShadowApproveIsNotCounted", kOne, {InShadow(Approve("policy:p", {"qa"}))}, "pending"},
    {"ShadowRejectIsNotCounted",
     kOne,
     {InShadow(Reject("policy:p", {"qa"})), Approve("ann", {"qa"})},
     "satisfied"},
};

INSTANTIATE_TEST_SUITE_P(Core, TallyOf, ::testing::ValuesIn(kCases),
                         [](const auto& param) { return param.param.name; });

TEST(TallyInDetail, CountsAPersonWhereTheyHelp) {
  const auto tally = TallyInDetail(Gate({Leaf("qa", 2), Leaf("security")}),
                                   {Approve("ann", {"qa", "security"}), Approve("bob", {"qa"})});

  EXPECT_EQ(tally.rejects, 0U);
  EXPECT_THAT(tally.rules,
              ElementsAre(RuleTally{RuleId{"qa"}, 2, 2}, RuleTally{RuleId{"security"}, 1, 0}));
}

TEST(TallyInDetail, NeverCountsMoreThanARuleNeeds) {
  const auto tally = TallyInDetail(Gate({Leaf("qa", 1), Leaf("security", 2)}),
                                   {Approve("ann", {"qa"}), Approve("bob", {"qa"})});

  EXPECT_THAT(tally.rules,
              ElementsAre(RuleTally{RuleId{"qa"}, 1, 1}, RuleTally{RuleId{"security"}, 2, 0}));
}

TEST(TallyInDetail, CountsTheRejectsThatCount) {
  const auto tally = TallyInDetail(With(kOne, {RejectKind::kBlock, 1}),
                                   {Reject("ann", {"qa"}), InShadow(Reject("policy:p", {"qa"}))});

  EXPECT_EQ(tally.rejects, 1U);
}

// 15 approvers who may each fill 32 rules, and `others` who may fill one more.
std::vector<Vote> Crowd(int others) {
  std::vector<Vote> votes;
  for (int person = 0; person < 15; ++person) {
    votes.push_back(Approve("p" + std::to_string(person), {}));
    for (int i = 0; i < 32; ++i) votes.back().rules.emplace_back("r" + std::to_string(i));
  }
  for (int other = 0; other < others; ++other) {
    votes.push_back(Approve("q" + std::to_string(other), {"one-more"}));
  }
  return votes;
}

// There are 600 million ways to choose 16 of 32 rules, and none of them can work.
TEST(Tally, AnswersAtOnceWhereTryingEveryChoiceWouldTakeForEver) {
  std::vector<Rule> rules;
  for (int i = 0; i < 32; ++i) rules.push_back(Leaf("r" + std::to_string(i)));
  EXPECT_EQ(ToString(Tally(Gate({NOf(16, rules)}), Crowd(0))), "pending");

  rules.push_back(Leaf("one-more"));
  EXPECT_EQ(ToString(Tally(Gate({NOf(17, rules)}), Crowd(5))), "pending");
  EXPECT_EQ(ToString(Tally(Gate({NOf(16, rules)}), Crowd(5))), "satisfied");
}

TEST(Matching, MovesPeopleToMakeRoom) {
  const std::vector<std::size_t> either = {0, 1};
  const std::vector<std::size_t> first = {0};
  Matching matching(2);

  EXPECT_TRUE(matching.AddSlot(either));  // takes 0
  EXPECT_TRUE(matching.AddSlot(first));   // moves it to 1
  EXPECT_FALSE(matching.AddSlot(either));
  EXPECT_EQ(matching.filled_slots(), 2U);
}

TEST(Matching, ASlotNobodyMayFillIsRefused) {
  const std::vector<std::size_t> nobody;
  Matching matching(3);

  EXPECT_FALSE(matching.AddSlot(nobody));
  EXPECT_EQ(matching.filled_slots(), 0U);
}

}  // namespace
}  // namespace gatewright::core::test
