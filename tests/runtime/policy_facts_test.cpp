// What the engine tells a policy that wants facts, and what becomes of a policy's answers over
// time.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <mutex>

#include "tests/runtime/engine_fixture.h"

namespace gatewright::testing {
namespace {

namespace json = boost::json;
using core::RunStatus;
using ports::PolicyChoice;
using ::testing::HasSubstr;
using Verdict = Result<ports::PolicyVerdict>;

// One gate, which a person or the policy passes; then an action.
core::Workflow WithPolicy() {
  core::Workflow workflow = Deployment();
  workflow.stages.erase(workflow.stages.begin() + 1);
  core::AutoVoter voter;
  voter.id = "low-risk";
  voter.use = {"scripted", "{}"};
  voter.fills = {RuleId{"qa"}};
  workflow.stages[0].gate->auto_voters = {voter};
  workflow.stages[1].gate.reset();
  return workflow;
}

class HalfOpen final : public core::Calendar {
 public:
  core::Opening At(Time) const override { return {false, ParseTime("2030-01-01T00:00:00Z"), ""}; }
  std::optional<Time> NextOpen(Time, Duration) const override { return std::nullopt; }
  std::optional<Time> AfterOpenTime(Time, Duration) const override { return std::nullopt; }
};

class PolicyFacts : public EngineTest {
 protected:
  PolicyFacts() {
    plugins_.offer.wants_facts = true;
    plugins_.policy = [this](const ports::Context& context) -> Verdict {
      const std::lock_guard lock(mutex_);
      facts_ = context.facts_json;
      ++asked_;
      return answer_;
    };
  }

  std::string Facts() {
    const std::lock_guard lock(mutex_);
    return facts_;
  }
  int Asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  void Answer(Verdict answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  static ports::PolicyVerdict Say(PolicyChoice choice, Duration again = Duration{0}) {
    return {choice, "said so", "", again};
  }
  // What the policy was told about a new run.
  json::value FactsOf(const std::string& subject = R"({"version":"1.2"})") {
    const int before = Asked();
    const RunId run = Create(subject).run->id;
    Until(run, [&](const core::Run&) { return Asked() > before; });
    return json::parse(Facts());
  }

  std::mutex mutex_;
  std::string facts_;
  int asked_ = 0;
  Verdict answer_ = Say(PolicyChoice::kAbstain);
};

TEST_F(PolicyFacts, AreTheRunTheGateAndTheCalendars) {
  Open(WithPolicy());
  engine_->SetCalendars({{"business-hours", std::make_shared<HalfOpen>()}});
  const json::value facts = FactsOf();
  const std::string now = FormatTime(clock_.Now());
  EXPECT_EQ(facts.at("run"), (json::value{{"id", 1},
                                          {"name", "Deploy"},
                                          {"workflow", "deployment"},
                                          {"requester", "carol"},
                                          {"created_at", now}}));
  EXPECT_EQ(facts.at("stage"), (json::value{{"name", "QA"}, {"epoch", 1}, {"opened_at", now}}));
  EXPECT_EQ(facts.at("calendars"),
            (json::value{{"business-hours",
                          {{"open", false}, {"changes_at", "2030-01-01T00:00:00.000Z"}}}}));
  EXPECT_EQ(facts.at("votes"), json::array());
  EXPECT_EQ(facts.at("history"), json::array());
}

TEST_F(PolicyFacts, TellHowTheLastRunsEnded) {
  plugins_.start = [](const ports::AttemptRequest& request, auto&, const auto&) {
    const bool is_bad = request.context.subject_json.find("bad") != std::string_view::npos;
    return ports::AttemptReport{
        is_bad ? ports::AttemptOutcome::kFailedPermanent : ports::AttemptOutcome::kSucceeded,
        "done", ""};
  };
  Answer(Say(PolicyChoice::kApprove));
  Open(WithPolicy());
  UntilStatus(Create(R"({"version":"good"})").run->id, RunStatus::kSucceeded);
  UntilStatus(Create(R"({"version":"bad"})").run->id, RunStatus::kFailed);
  const json::value told = FactsOf();
  const json::array& history = told.at("history").as_array();
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].at("id"), 2);
  EXPECT_EQ(history[0].at("status"), "failed");
  EXPECT_EQ(history[0].at("subject"), (json::value{{"version", "bad"}}));
  EXPECT_EQ(history[0].at("finished_at"), json::value(FormatTime(clock_.Now())));
  EXPECT_EQ(history[1].at("id"), 1);
  EXPECT_EQ(history[1].at("status"), "succeeded");
}

TEST_F(PolicyFacts, LeaveTheOldestRunsOutWhereTheyWouldBeTooMuch) {
  Answer(Say(PolicyChoice::kApprove));
  Open(WithPolicy());
  const std::string large = R"({"version":")" + std::string(60'000, 'x') + R"("})";
  for (int i = 0; i < 6; ++i) UntilStatus(Create(large).run->id, RunStatus::kSucceeded);
  const json::value told = FactsOf();
  EXPECT_LE(Facts().size(), 256u * 1024);
  const json::array& history = told.at("history").as_array();
  ASSERT_EQ(history.size(), 4u);
  EXPECT_EQ(history[0].at("id"), 6);
}

TEST_F(PolicyFacts, AreNotGatheredForWhoDoesNotWantThem) {
  plugins_.offer.wants_facts = false;
  Open(WithPolicy());
  const RunId run = Create().run->id;
  Until(run, [&](const core::Run&) { return Asked() == 1; });
  EXPECT_EQ(Facts(), "");
}

TEST_F(PolicyFacts, ShowTheVotesOfPeopleWhenAskedAgain) {
  Answer(Say(PolicyChoice::kWait, std::chrono::minutes{1}));
  core::Workflow workflow = WithPolicy();
  workflow.stages[0].gate->rules.children[0].need = 2;
  Open(workflow);
  const RunId run = Create().run->id;
  Until(run, [&](const core::Run&) { return Asked() == 1; });
  Vote(run, Person("bob", {"qa"}));
  clock_.Advance(std::chrono::minutes{2});
  Restart();
  Until(run, [&](const core::Run&) { return Asked() == 2; });
  const json::value told = json::parse(Facts());
  const json::array& votes = told.at("votes").as_array();
  ASSERT_EQ(votes.size(), 1u);
  EXPECT_EQ(votes[0].at("voter"), "bob");
  EXPECT_EQ(votes[0].at("kind"), "person");
  EXPECT_EQ(votes[0].at("rules"), json::array{"qa"});
}

class PolicyAnswers : public PolicyFacts {};

TEST_F(PolicyAnswers, WaitingLeavesNoTraceHoweverOftenItIsAsked) {
  Answer(Say(PolicyChoice::kWait, std::chrono::minutes{1}));
  Open(WithPolicy());
  const RunId run = Create().run->id;
  Until(run, [&](const core::Run&) { return Asked() == 1; });
  const std::size_t before = EventTypes(run).size();
  for (int again = 2; again <= 4; ++again) {
    clock_.Advance(std::chrono::minutes{2});
    Restart();
    Until(run, [&](const core::Run&) { return Asked() == again; });
  }
  EXPECT_EQ(EventTypes(run).size(), before);

  Answer(Say(PolicyChoice::kApprove));
  clock_.Advance(std::chrono::minutes{2});
  Restart();
  UntilStatus(run, RunStatus::kSucceeded);
  EXPECT_EQ(Asked(), 5);
}

TEST_F(PolicyAnswers, NoFailureEverApproves) {
  for (const ErrorCode code : {ErrorCode::kTimeout, ErrorCode::kInternal, ErrorCode::kUnavailable,
                               ErrorCode::kInvalid, ErrorCode::kCancelled}) {
    Answer(Error{code, "policy 'scripted' had no answer"});
    Open(WithPolicy());
    const RunId run = Create().run->id;
    const core::Run after =
        Until(run, [](const core::Run& now) { return !now.stages[0].gate->votes.empty(); });
    EXPECT_EQ(after.status, RunStatus::kWaiting);
    EXPECT_EQ(after.stages[0].gate->votes[0].choice, core::Choice::kAbstain);
    EXPECT_THAT(after.stages[0].gate->votes[0].comment, HasSubstr("had no answer"));
    Close();
  }
}

TEST_F(PolicyAnswers, WhatComesAfterTheGateWasDecidedIsDropped) {
  Answer(Say(PolicyChoice::kWait, std::chrono::minutes{1}));
  Open(WithPolicy());
  const RunId run = Create().run->id;
  Until(run, [&](const core::Run&) { return Asked() == 1; });
  Vote(run, Everybody());
  const core::Run done = UntilStatus(run, RunStatus::kSucceeded);
  Answer(Say(PolicyChoice::kReject));
  clock_.Advance(std::chrono::minutes{2});
  Restart();
  Until(run, [&](const core::Run&) {
    return store_->DueOutbox({ports::OutboxKind::kAskPolicies}, Time::max(), 10)->empty();
  });
  EXPECT_EQ(Asked(), 1);
  EXPECT_EQ((*engine_->GetRun(run))->version, done.version);
}

}  // namespace
}  // namespace gatewright::testing
