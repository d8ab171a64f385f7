// tests/access/decide_test.cpp: who may do what where. Roles are sums of verbs; a denial beats them
// all; no verb contains another.
#include "engine/access/decide.h"

#include <gtest/gtest.h>

namespace gatewright::access {
namespace {

core::Principal Person(std::string id, std::vector<std::string> roles,
                       std::vector<std::string> groups = {}) {
  core::Principal person;
  person.id = PrincipalId(std::move(id));
  person.roles = std::move(roles);
  person.groups = std::move(groups);
  return person;
}

const Roles kRoles = {
    {.name = "everybody", .groups = {}, .allow = {{{Verb::kView}, {}}}, .deny = {}},
    {.name = "qa",
     .groups = {"testers"},
     .allow = {{{Verb::kVote}, {.workflows = {}, .stages = {"QA"}, .labels = {}}}},
     .deny = {}},
    {.name = "payments",
     .groups = {},
     .allow = {{{Verb::kVote, Verb::kCancel},
                {.workflows = {"pay-*"}, .stages = {}, .labels = {}}}},
     .deny = {}},
    {.name = "tier1",
     .groups = {},
     .allow = {{{Verb::kOverride},
                {.workflows = {}, .stages = {}, .labels = {{"tier", "1"}, {"team", "*"}}}}},
     .deny = {}},
    {.name = "admin", .groups = {}, .allow = {{{Verb::kAdmin, Verb::kPublish}, {}}}, .deny = {}},
    {.name = "contractor",
     .groups = {},
     .allow = {{{Verb::kVote}, {}}},
     .deny = {{{Verb::kVote, Verb::kView},
               {.workflows = {"secret-*"}, .stages = {}, .labels = {}}}}},
};

struct Row {
  std::string what;
  core::Principal who;
  Verb verb;
  Resource where;
  bool is_allowed;
};

TEST(Decide, Table) {
  const Resource qa_of_web{.workflow = "web", .stage = "QA"};
  const Resource ops_of_web{.workflow = "web", .stage = "Ops"};
  const Resource pay{.workflow = "pay-cards", .stage = "QA"};
  const Resource secret{.workflow = "secret-x", .stage = "QA"};
  const Resource tier1{.workflow = "web", .stage = "QA", .labels = {{"team", "a"}, {"tier", "1"}}};
  const Resource tier2{.workflow = "web", .stage = "QA", .labels = {{"team", "a"}, {"tier", "2"}}};
  const Resource anywhere{.is_somewhere = true};
  const Resource everywhere{};
  const Row rows[] = {
      {"everybody may view", Person("ann", {}), Verb::kView, qa_of_web, true},
      {"and nothing else", Person("ann", {}), Verb::kRequest, qa_of_web, false},
      {"a role gives its verb at its stage", Person("ann", {"qa"}), Verb::kVote, qa_of_web, true},
      {"not at another", Person("ann", {"qa"}), Verb::kVote, ops_of_web, false},
      {"not in the installation as a whole", Person("ann", {"qa"}), Verb::kVote, everywhere, false},
      {"but somewhere", Person("ann", {"qa"}), Verb::kVote, anywhere, true},
      {"a group holds a role", Person("ann", {}, {"testers"}), Verb::kVote, qa_of_web, true},
      {"a role that nobody defined gives nothing", Person("ann", {"boss"}), Verb::kVote, qa_of_web,
       false},
      {"a pattern fits", Person("ann", {"payments"}), Verb::kCancel, pay, true},
      {"or does not", Person("ann", {"payments"}), Verb::kCancel, qa_of_web, false},
      {"all labels fit", Person("ann", {"tier1"}), Verb::kOverride, tier1, true},
      {"one does not", Person("ann", {"tier1"}), Verb::kOverride, tier2, false},
      {"there are none", Person("ann", {"tier1"}), Verb::kOverride, qa_of_web, false},
      {"who administers does not vote", Person("ann", {"admin"}), Verb::kVote, qa_of_web, false},
      {"nor overrides", Person("ann", {"admin"}), Verb::kOverride, qa_of_web, false},
      {"a denial beats what the same role gives", Person("ann", {"contractor"}), Verb::kVote,
       secret, false},
      {"and what others give", Person("ann", {"contractor"}), Verb::kView, secret, false},
      {"elsewhere it says nothing", Person("ann", {"contractor"}), Verb::kVote, pay, true},
      {"denied in one place is denied for all at once", Person("ann", {"contractor"}), Verb::kVote,
       everywhere, false},
      {"but not for lists", Person("ann", {"contractor"}), Verb::kVote, anywhere, true},
  };
  for (const Row& row : rows) {
    const Decision decision = Decide(kRoles, {row.who, {}}, row.verb, row.where);
    EXPECT_EQ(decision.is_allowed, row.is_allowed) << row.what << ": " << decision.why;
    EXPECT_FALSE(decision.why.empty()) << row.what;
  }
}

TEST(Decide, ARefusalSaysWhichRolesWouldDo) {
  const core::Principal ann = Person("ann", {});
  const Resource pay{.workflow = "pay-cards", .stage = "QA"};
  const Decision decision = Decide(kRoles, {ann, {}}, Verb::kVote, pay);
  EXPECT_EQ(decision.why, "ann does not have the verb 'vote' on workflow 'pay-cards', stage 'QA'");
  EXPECT_EQ(decision.roles, (std::vector<std::string>{"qa", "payments", "contractor"}));
}

TEST(Decide, ATokenIsGoodForNoMoreThanItSays) {
  const core::Principal ann = Person("ann", {"qa"});
  const Resource qa{.workflow = "web", .stage = "QA"};
  const std::vector<Verb> only = {Verb::kView, Verb::kOverride};
  EXPECT_FALSE(Decide(kRoles, {ann, only}, Verb::kVote, qa).is_allowed);
  EXPECT_TRUE(Decide(kRoles, {ann, only}, Verb::kView, qa).is_allowed);
  // It gives nothing that its owner does not have.
  EXPECT_FALSE(Decide(kRoles, {ann, only}, Verb::kOverride, qa).is_allowed);
}

TEST(MatchesPattern, StarsStandForAnything) {
  for (const auto& [pattern, text] :
       {std::pair("*", ""), std::pair("a*", "a"), std::pair("*-prod", "a-prod"),
        std::pair("a*c*e", "abcde"), std::pair("a**b", "ab"), std::pair("*ab*ab", "abxabyab")}) {
    EXPECT_TRUE(MatchesPattern(pattern, text)) << pattern << " " << text;
  }
  for (const auto& [pattern, text] :
       {std::pair("", "a"), std::pair("a", "ab"), std::pair("a*b", "ac"), std::pair("*a", "ab")}) {
    EXPECT_FALSE(MatchesPattern(pattern, text)) << pattern << " " << text;
  }
}

}  // namespace
}  // namespace gatewright::access
