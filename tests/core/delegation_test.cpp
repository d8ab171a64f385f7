// tests/core/delegation_test.cpp: voting in somebody's place: who may, how far it reaches, one slot
// per pair, and never around separation of duties.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Delegation From(std::string_view from, std::string_view to, Time now, Selector scope = {}) {
  Delegation delegation;
  delegation.from = PrincipalId{from};
  delegation.to = PrincipalId{to};
  delegation.scope = std::move(scope);
  delegation.valid_from = now;
  delegation.valid_until = now + hours{24};
  return delegation;
}

// A site in which each pair is a delegation.
struct Delegations {
  Installation installation;
  Workflow workflow = ThreeGates();
  Run run;

  void Add(std::string_view from, std::string_view to, Selector scope = {}) {
    const auto decision = installation.Do(AddDelegation{
        Person(std::string(from)), From(from, to, installation.now, std::move(scope))});
    EXPECT_TRUE(std::holds_alternative<SiteAccepted>(decision));
  }
  std::vector<std::string> Of(std::string_view delegate) const {
    std::vector<std::string> ids;
    for (const Delegator& one : DelegatorsOf(installation.site, PrincipalId{delegate}, run,
                                             workflow, StageName{"QA"}, installation.now)) {
      ids.push_back(one.id.value);
    }
    return ids;
  }
};

TEST(Delegators, AreThoseWhoDelegated) {
  Delegations d;
  d.Add("alice", "bob");
  d.Add("carol", "bob");
  d.Add("bob", "dora");

  EXPECT_THAT(d.Of("bob"), ElementsAre("alice", "carol"));
  EXPECT_THAT(d.Of("alice"), IsEmpty());
}

TEST(Delegators, ReachThreeStepsAndNoMore) {
  Delegations d;
  d.Add("a", "b");
  d.Add("b", "c");
  d.Add("c", "d");
  d.Add("d", "e");

  EXPECT_THAT(d.Of("d"), ElementsAre("c", "b", "a"));
  EXPECT_THAT(d.Of("e"), ElementsAre("d", "c", "b"));
  const auto chain = DelegatorsOf(d.installation.site, PrincipalId{"d"}, d.run, d.workflow,
                                  StageName{"QA"}, d.installation.now);
  EXPECT_THAT(chain.back().through, ElementsAre(PrincipalId{"b"}, PrincipalId{"c"}));
}

TEST(Delegators, ACircleEnds) {
  Delegations d;
  d.Add("a", "b");
  d.Add("b", "c");
  d.Add("c", "a");

  EXPECT_THAT(d.Of("a"), ElementsAre("c", "b")) << "and never a themselves";
}

TEST(Delegators, OnlyWithinTheScope) {
  Delegations d;
  d.Add("alice", "bob", Selector{{}, StageName{"DevOps"}, {}, ""});
  d.Add("carol", "bob", Selector{WorkflowName{"deployment"}, {}, {}, ""});
  d.Add("dora", "bob", Selector{WorkflowName{"billing"}, {}, {}, ""});

  EXPECT_THAT(d.Of("bob"), ElementsAre("carol"));
}

TEST(Delegators, OnlyWhileItHolds) {
  Delegations d;
  d.Add("alice", "bob");
  d.installation.Advance(hours{24} - Duration{1});
  EXPECT_THAT(d.Of("bob"), ElementsAre("alice"));
  d.installation.Advance(Duration{1});
  EXPECT_THAT(d.Of("bob"), IsEmpty());
}

TEST(Delegators, AStepThatHasEndedBreaksTheChain) {
  Delegations d;
  d.Add("a", "b");
  d.installation.Advance(hours{12});
  d.Add("b", "c");
  d.installation.Advance(hours{12});

  EXPECT_THAT(d.Of("c"), ElementsAre("b"));
}

struct Mistake {
  std::string_view name;
  std::string_view by;
  std::function<void(Delegation&)> change;
  std::string_view says;
};

class BadDelegation : public ::testing::TestWithParam<Mistake> {};

TEST_P(BadDelegation, IsRefused) {
  Installation installation;
  Delegation delegation = From("alice", "bob", installation.now);
  GetParam().change(delegation);
  const auto decision =
      installation.Do(AddDelegation{Person(std::string(GetParam().by)), delegation});

  ASSERT_TRUE(std::holds_alternative<Refusal>(decision));
  EXPECT_THAT(std::get<Refusal>(decision).detail, HasSubstr(std::string(GetParam().says)));
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, BadDelegation,
    ::testing::Values(
        Mistake{"OfSomebodyElse", "mallory", [](Delegation&) {}, "their own votes only"},
        Mistake{"ToThemselves", "alice", [](Delegation& d) { d.to = d.from; }, "to themselves"},
        Mistake{"Over", "alice", [](Delegation& d) { d.valid_until = d.valid_from; },
                "has to end after it begins"},
        Mistake{"ForEver", "alice",
                [](Delegation& d) { d.valid_until = d.valid_from + hours{24 * 367}; },
                "366 days at most"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Delegation, IsRevokedByEitherOfThem) {
  for (const auto& [by, is_allowed] :
       {std::pair{"alice", true}, {"bob", true}, {"mallory", false}}) {
    Delegations d;
    d.Add("alice", "bob");
    d.installation.Do(RevokeDelegation{Person(by), 1, "back again"});
    EXPECT_EQ(d.Of("bob").empty(), is_allowed) << by;
  }
}

TEST(Delegation, ThatHasEndedIsSweptOutOnce) {
  Delegations d;
  d.Add("alice", "bob");
  d.installation.Advance(hours{48});
  const auto decision = d.installation.Do(RevokeDelegation{Person("alice"), 1, "back again"});

  EXPECT_EQ(std::get<SiteAccepted>(decision).events.size(), 1U);
}

Workflow TwoOfQa() { return WorkflowOf({Asks("QA", Gate({Leaf("qa", 2)}))}); }

CastVote OnBehalf(const Story& story, std::string_view by, std::string_view of) {
  CastVote vote = story.VoteBy(Person(std::string(by)), "QA", Choice::kApprove);
  vote.on_behalf_of = PrincipalId{of};
  return vote;
}

TEST(OnBehalf, BothNamesAreRecorded) {
  Story story(TwoOfQa());
  story.Create();
  story.Do(OnBehalf(story, "bob", "alice"));

  EXPECT_EQ(story.votes("QA").front().voter, PrincipalId{"bob"});
  EXPECT_EQ(story.votes("QA").front().slot(), PrincipalId{"alice"});
}

TEST(OnBehalf, OnePersonHasOneVote) {
  Story story(TwoOfQa());
  story.Create();
  story.Approve("bob", "QA");

  EXPECT_EQ(CodeOf(story.Do(OnBehalf(story, "bob", "alice"))), "not_eligible");
  EXPECT_EQ(CodeOf(story.Do(OnBehalf(story, "carol", "bob"))), "not_eligible");
  EXPECT_EQ(story.status(), "waiting");
}

TEST(OnBehalf, TheOwnVoteTakesThePlaceBack) {
  Story story(TwoOfQa());
  story.Create();
  story.Do(OnBehalf(story, "bob", "alice"));
  story.Approve("alice", "QA");

  ASSERT_EQ(story.votes("QA").size(), 1U);
  EXPECT_EQ(story.votes("QA").front().voter, PrincipalId{"alice"});
  story.Approve("bob", "QA");
  EXPECT_EQ(story.status(), "succeeded") << "and bob is free again";
}

TEST(OnBehalf, NeitherOfThemMayBeExcluded) {
  Workflow workflow = TwoOfQa();
  workflow.stages[0].gate->separation.excludes_requester = true;
  Story story(workflow);
  story.Create("alice");

  EXPECT_EQ(CodeOf(story.Do(OnBehalf(story, "bob", "alice"))), "self_approval");
  EXPECT_EQ(CodeOf(story.Do(OnBehalf(story, "alice", "bob"))), "self_approval");
  EXPECT_EQ(CodeOf(story.Do(OnBehalf(story, "bob", "carol"))), "accepted");
}

TEST(OnBehalf, TheDelegatorsTeamCountsToo) {
  Workflow workflow = TwoOfQa();
  workflow.stages[0].gate->separation.excludes_same_team = true;
  Story story(workflow);
  Principal requester = Person("alice");
  requester.groups = {"payments"};
  story.Create(requester);
  CastVote vote = OnBehalf(story, "bob", "carol");
  vote.facts.delegator_groups = {"payments"};

  EXPECT_EQ(CodeOf(story.Do(vote)), "self_approval");
}

TEST(OnBehalf, PreviousVotersAreBothOfThem) {
  Workflow workflow = ThreeGates();
  workflow.stages[1].gate->separation.excludes_previous_voters = true;
  Story story(workflow);
  story.Create();
  story.Do(OnBehalf(story, "bob", "alice"));

  EXPECT_EQ(CodeOf(story.Approve("bob", "DevOps")), "self_approval");
  EXPECT_EQ(CodeOf(story.Approve("alice", "DevOps")), "self_approval");
  EXPECT_EQ(CodeOf(story.Approve("carol", "DevOps")), "accepted");
}

TEST(Stop, AnExpiredOneIsLiftedOnceByWhoeverLiftsAll) {
  Installation installation;
  installation.Do(SetStop{Person("op"), {}, "x", installation.now + hours{1}});
  installation.Advance(hours{2});
  const auto decision = installation.Do(LiftStop{Person("op"), 0, "done"});

  EXPECT_EQ(std::get<SiteAccepted>(decision).events.size(), 1U);
  EXPECT_THAT(installation.site.stops, IsEmpty());
}

TEST(Stop, ThatIsOverAlreadyOrUnknownIsRefused) {
  Installation installation;
  EXPECT_TRUE(std::holds_alternative<Refusal>(
      installation.Do(SetStop{Person("op"), {}, "x", installation.now})));
  EXPECT_TRUE(std::holds_alternative<Refusal>(installation.Do(LiftStop{Person("op"), 7, "x"})));
  EXPECT_TRUE(
      std::holds_alternative<SiteAccepted>(installation.Do(LiftStop{Person("op"), 0, "x"})));
}

TEST(Stop, NumbersAreNeverGivenTwice) {
  Installation installation;
  const auto first = installation.StopAll();
  installation.Lift(first);
  EXPECT_GT(installation.StopAll(), first);
}

}  // namespace
}  // namespace gatewright::core::test
