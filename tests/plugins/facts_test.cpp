// What policies are told besides the subject: who gets it, and what the plugins make of it.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

namespace json = boost::json;
using ports::PluginKind;
using ports::PolicyChoice;
using testing::HasSubstr;

TEST(Facts, AreWantedByThePoliciesThatSaySo) {
  const auto host = LoadOurs();
  for (const char* name : {"expr", "http", "quiet-history"}) {
    EXPECT_TRUE(host->Find(PluginKind::kPolicy, name)->wants_facts) << name;
  }
  for (const char* name : {"match", "window"}) {
    EXPECT_FALSE(host->Find(PluginKind::kPolicy, name)->wants_facts) << name;
  }
}

TEST(Facts, APluginBuiltBeforeThereWereAnyStillVotes) {
  PluginFolder folder;
  folder.Add(TEST_PLUGINS "/good/older_minor.so");
  const auto host = MustLoad({.folder = folder.path()});
  EXPECT_EQ(host->List().front().abi, "1.0") << host->List().front().problem;
  EXPECT_FALSE(host->Find(PluginKind::kPolicy, "test.old")->wants_facts);
  const auto policy = host->MakePolicy("test.old", "{}");
  ASSERT_TRUE(policy) << policy.error().message;
  ports::Context context = SomeContext();
  context.facts_json = "{}";
  const auto verdict = (*policy)->Evaluate(context, kLimit);
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(verdict->choice, PolicyChoice::kApprove);
  EXPECT_EQ(verdict->reason, "d1");
}

constexpr char kFacts[] = R"({
  "run": {"id": 42, "name": "Deploy", "workflow": "deployment", "requester": "ann",
          "created_at": "2023-11-14T20:13:20.000Z"},
  "stage": {"name": "QA", "epoch": 3, "opened_at": "2023-11-14T21:13:20.000Z"},
  "votes": [{"voter": "bob", "kind": "person", "choice": "approve", "rules": ["qa"],
             "comment": "fine", "at": "2023-11-14T22:00:00.000Z"}],
  "history": [],
  "calendars": {"business-hours": {"open": true, "changes_at": null}}})";

class ExprFacts : public testing::Test {
 protected:
  Result<ports::PolicyVerdict> Decide(std::string_view expression) {
    GW_TRY(policy,
           host_->MakePolicy("expr", json::serialize(json::object{{"expression", expression}})));
    ports::Context context = SomeContext();
    context.facts_json = kFacts;
    return policy->Evaluate(context, kLimit);
  }

  std::unique_ptr<PluginHost> host_ = LoadOurs();
};

TEST_F(ExprFacts, AreAVariable) {
  for (const char* expression :
       {"facts.votes.exists(v, v.kind == 'person' && v.choice == 'approve')",
        "facts.calendars['business-hours'].open", "facts.history.all(r, r.status == 'succeeded')",
        "now - timestamp(facts.stage.opened_at) == duration('1h')",
        "facts.stage.epoch == stage.epoch && facts.run.name == 'Deploy'"}) {
    const auto verdict = Decide(expression);
    ASSERT_TRUE(verdict) << verdict.error().message;
    EXPECT_EQ(verdict->choice, PolicyChoice::kApprove) << expression << ": " << verdict->reason;
  }
}

TEST_F(ExprFacts, AreTyped) {
  const auto misspelt = Decide("facts.votes.exists(v, v.voted == 'approve')");
  ASSERT_FALSE(misspelt);
  EXPECT_THAT(misspelt.error().message, HasSubstr("Did you mean 'voter'?"));
}

class QuietHistory : public testing::Test {
 protected:
  // One earlier run, newest first. Empty `finished_at`: it has not ended.
  void Add(const std::string& status, const std::string& subject = R"({"environment":"staging"})",
           const std::string& finished_at = "2023-11-14T12:00:00.000Z") {
    json::value finished = nullptr;
    if (!finished_at.empty()) finished = finished_at;
    history_.push_back(json::object{{"id", 41 - static_cast<int>(history_.size())},
                                    {"name", "Deploy"},
                                    {"status", status},
                                    {"subject", json::parse(subject)},
                                    {"finished_at", finished}});
  }

  Result<ports::PolicyVerdict> Decide(const std::string& config) {
    GW_TRY(policy, host_->MakePolicy("quiet-history", config));
    const std::string facts = json::serialize(json::object{{"history", history_}});
    ports::Context context = SomeContext();
    context.facts_json = facts;
    return policy->Evaluate(context, kLimit);
  }

  PolicyChoice Choice(const std::string& config = "{}") {
    const auto verdict = Decide(config);
    if (verdict) return verdict->choice;
    ADD_FAILURE() << verdict.error().message;
    return PolicyChoice::kReject;
  }

  json::array history_;
  std::unique_ptr<PluginHost> host_ = LoadOurs();
};

TEST_F(QuietHistory, ApprovesWhenTheLastRunsSucceeded) {
  Add("succeeded");
  Add("succeeded");
  const auto verdict = Decide(R"({"last": 2})");
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(verdict->choice, PolicyChoice::kApprove);
  EXPECT_EQ(verdict->reason, "the last 2 runs succeeded");
  const json::value evidence = json::parse(verdict->evidence_json);
  const auto& runs = evidence.at("runs").as_array();
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0], (json::value{{"id", 41},
                                  {"name", "Deploy"},
                                  {"status", "succeeded"},
                                  {"finished_at", "2023-11-14T12:00:00.000Z"}}));
}

TEST_F(QuietHistory, AbstainsAndNamesTheRunThatDidNot) {
  for (const char* bad : {"failed", "stale", "needs_attention", "never_heard_of"}) {
    history_.clear();
    Add("succeeded");
    Add(bad);
    const auto verdict = Decide("{}");
    ASSERT_TRUE(verdict) << verdict.error().message;
    EXPECT_EQ(verdict->choice, PolicyChoice::kAbstain);
    EXPECT_EQ(verdict->reason, "run 40 'Deploy' " + std::string(bad));
  }
}

TEST_F(QuietHistory, LooksNoFurtherBackThanItIsTold) {
  Add("succeeded");
  Add("succeeded");
  Add("failed");
  EXPECT_EQ(Choice(R"({"last": 2})"), PolicyChoice::kApprove);
  EXPECT_EQ(Choice(R"({"last": 3})"), PolicyChoice::kAbstain);
}

TEST_F(QuietHistory, WhatPeopleEndedSaysNothingEitherWay) {
  for (const char* status : {"rejected", "expired", "cancelled", "superseded"}) Add(status);
  EXPECT_EQ(Choice(), PolicyChoice::kAbstain);
  Add("succeeded");
  EXPECT_EQ(Choice(R"({"last": 1})"), PolicyChoice::kApprove);
}

TEST_F(QuietHistory, MayLookAtTheSameTargetOnly) {
  Add("failed", R"({"environment":"production"})");
  Add("failed", R"({"version":"1"})");
  Add("succeeded", R"({"environment":"staging"})");
  EXPECT_EQ(Choice(), PolicyChoice::kAbstain);
  EXPECT_EQ(Choice(R"({"of": "/environment"})"), PolicyChoice::kApprove);
  EXPECT_THAT(Decide(R"({"of": "/region"})")->reason, HasSubstr("has nothing at /region"));
}

TEST_F(QuietHistory, MayForgetButNotWhatIsWrongNow) {
  Add("succeeded");
  Add("failed", R"({"environment":"staging"})", "2023-11-10T12:00:00.000Z");
  EXPECT_EQ(Choice(R"({"within": "7d"})"), PolicyChoice::kAbstain);
  EXPECT_EQ(Choice(R"({"within": "1d"})"), PolicyChoice::kApprove);
  Add("needs_attention", R"({"environment":"staging"})", "");
  EXPECT_EQ(Choice(R"({"within": "1d"})"), PolicyChoice::kAbstain);
}

TEST_F(QuietHistory, WantsSomethingToJudgeBy) {
  EXPECT_EQ(Choice(), PolicyChoice::kAbstain);
  Add("succeeded");
  EXPECT_EQ(Choice(), PolicyChoice::kApprove);
  const auto verdict = Decide(R"({"minimum": 2})");
  EXPECT_EQ(verdict->choice, PolicyChoice::kAbstain);
  EXPECT_THAT(verdict->reason, HasSubstr("expected at least 2 earlier runs"));
}

TEST_F(QuietHistory, RefusesSettingsThatCannotBeMeant) {
  EXPECT_THAT(Decide(R"({"last": 2, "minimum": 3})").error().message,
              HasSubstr("/minimum: expected at most 'last', which is 2, found 3"));
  EXPECT_THAT(Decide(R"({"within": "soon"})").error().message,
              HasSubstr("/within: expected a duration"));
  for (const char* config : {R"({"last": 0})", R"({"last": 21})", R"({"of": "environment"})"}) {
    EXPECT_FALSE(host_->CheckConfig(PluginKind::kPolicy, "quiet-history", config).empty());
  }
}

}  // namespace
}  // namespace gatewright::host
