// tests/runtime/notified_people_test.cpp: people told at their own addresses: who, when, and with
// links to vote.
#include <gmock/gmock.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/codec/json.h"
#include "tests/runtime/notifications_fixture.h"

namespace gatewright::testing {
namespace {

using ports::DeliveryRow;
using ports::DeliveryState;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;

// People of a directory with addresses; a rule that mails those whose vote is missing.
class NotifiedPeople : public Notifications {
 protected:
  void SetUp() override {
    Notifications::SetUp();
    plugins_.deliver = [this](std::string_view config, std::string_view, std::string_view type,
                              std::string_view json, ports::DeliveryAdvice&) {
      const std::lock_guard lock(mutex_);
      told_.push_back(fmt::format("{} {}", config, type));
      json_.emplace_back(json);
      return Result<void>();
    };
  }
  static core::Workflow Mailing(std::optional<Duration> links = {}) {
    core::Workflow workflow = Deployment();
    workflow.notify = {{{"scripted", R"({"to":"${recipient.email}"})"},
                        {"gate.opened"},
                        core::NotifyTo::kNeeded,
                        links}};
    return workflow;
  }
  void OpenWith(core::Workflow workflow, const core::Preferences& more = {}) {
    Open(std::move(workflow));
    engine_->SetPublicUrl("https://gates.example.com");
    core::PreferencesBook book;
    for (const char* name : {"alice", "bob", "carol"}) {
      book[PrincipalId{name}] = more;
      book[PrincipalId{name}].addresses = {{"email", name + std::string("@example.com")}};
    }
    engine_->SetDirectory(
        {Person("alice", {"qa"}), Person("bob", {"devops"}), Person("carol", {"devops"})}, book);
  }
  // The ticket in the last message's link of this name.
  std::string Ticket(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto json = codec::ParseJson(json_.back());
    const auto& links = json->as_object().at("data").as_object().at("links").as_object();
    const std::string url(links.at(name).as_string());
    constexpr std::string_view kBefore = "https://gates.example.com/vote/";
    EXPECT_TRUE(url.starts_with(kBefore)) << url;
    return url.substr(kBefore.size());
  }
  runtime::VoteLinkState StateOf(const std::string& ticket) {
    return engine_->LookAtVoteLink(ticket)->state;
  }

  std::vector<std::string> json_;  // guarded by mutex_
};

TEST_F(NotifiedPeople, WhoseVoteIsMissingIsTold) {
  core::Workflow workflow = Mailing();
  workflow.stages[1].gate->separation.excludes_requester = true;
  OpenWith(std::move(workflow));
  const RunId run = Create().run->id;
  EXPECT_EQ(DeliveryIn(1, DeliveryState::kDelivered).recipient, "alice");
  Vote(run, Person("alice", {"qa"}));
  // Carol has the role, too, but asked for the run.
  UntilTold(2);
  EXPECT_THAT(Told(), ElementsAre(R"({"to":"alice@example.com"} gate.opened)",
                                  R"({"to":"bob@example.com"} gate.opened)"));
}

// As a LocalClock whose day begins with the clock of the test.
class FromNow final : public core::LocalClock {
 public:
  explicit FromNow(Time start) : start_(start) {}
  core::TimeOfDay At(Time time) const override {
    return std::chrono::floor<minutes>((time - start_) % hours{24});
  }
  Time Next(core::TimeOfDay time_of_day, Time time) const override {
    Time next = start_ + time_of_day;
    while (next <= time) next += hours{24};
    return next;
  }

 private:
  Time start_;
};

TEST_F(NotifiedPeople, QuietHoursAreKeptOverARestart) {
  core::Preferences sleeping;
  sleeping.quiet_hours = {hours{0}, hours{7}, std::make_shared<const FromNow>(clock_.Now())};
  OpenWith(Mailing(), sleeping);
  Create();
  const DeliveryRow row = Delivery(1, [](const DeliveryRow&) { return true; });
  EXPECT_EQ(row.state, DeliveryState::kPending);
  EXPECT_EQ(row.tries, 0);
  EXPECT_EQ(row.due, clock_.Now() + hours{7});
  Close();
  OpenWith(Mailing(), sleeping);
  clock_.Advance(hours{7});
  DeliveryIn(1, DeliveryState::kDelivered);
}

TEST_F(NotifiedPeople, WhatNobodyNeedsAnyMoreIsNotSent) {
  core::Preferences sleeping;
  sleeping.quiet_hours = {hours{0}, hours{7}, std::make_shared<const FromNow>(clock_.Now())};
  OpenWith(Mailing(), sleeping);
  const RunId run = Create().run->id;
  Delivery(1, [](const DeliveryRow&) { return true; });
  Vote(run, Person("alice", {"qa"}));
  clock_.Advance(hours{7});
  DeliveryIn(1, DeliveryState::kDropped);
}

TEST_F(NotifiedPeople, ADigestIsOneMessage) {
  core::Preferences daily;
  daily.digest = {hours{8}, std::make_shared<const FromNow>(clock_.Now())};
  OpenWith(Mailing(), daily);
  for (int i = 0; i < 3; ++i) Create();
  Delivery(3, [](const DeliveryRow&) { return true; });
  clock_.Advance(hours{8});
  for (std::int64_t id = 1; id <= 3; ++id) DeliveryIn(id, DeliveryState::kDelivered);
  EXPECT_THAT(Told(), ElementsAre(R"({"to":"alice@example.com"} digest)"));
  const auto json = codec::ParseJson(json_.at(0));
  EXPECT_EQ(json->as_object().at("data").as_object().at("events").as_array().size(), 3u);
}

TEST_F(NotifiedPeople, ALinkIsGoodUntilItsTimeOrTheGateIsOver) {
  OpenWith(Mailing(minutes{30}));
  const RunId run = Create().run->id;
  UntilTold(1);
  const std::string ticket = Ticket("approve");
  const auto look = engine_->LookAtVoteLink(ticket);
  EXPECT_EQ(look->state, runtime::VoteLinkState::kGood);
  EXPECT_EQ(look->link.person.value, "alice");
  EXPECT_EQ(look->link.run, run);
  EXPECT_EQ(look->link.choice, core::Choice::kApprove);
  EXPECT_EQ(engine_->LookAtVoteLink(Ticket("reject"))->link.choice, core::Choice::kReject);

  std::string changed = ticket;
  changed[4] = changed[4] == 'A' ? 'B' : 'A';
  EXPECT_EQ(StateOf(changed), runtime::VoteLinkState::kInvalid);
  EXPECT_EQ(StateOf(""), runtime::VoteLinkState::kInvalid);

  Vote(run, Person("alice", {"qa"}));
  EXPECT_EQ(StateOf(ticket), runtime::VoteLinkState::kDecided);
  clock_.Advance(minutes{30});
  EXPECT_EQ(StateOf(ticket), runtime::VoteLinkState::kExpired);
}

TEST_F(NotifiedPeople, AMessagesLinksAreUsedUpTogether) {
  OpenWith(Mailing(minutes{30}));
  const RunId run = Create().run->id;
  UntilTold(1);
  const std::string approve = Ticket("approve"), reject = Ticket("reject");
  const auto link = engine_->LookAtVoteLink(approve)->link;
  const auto vote = [&] {
    runtime::Idempotency once;
    once.key = runtime::UseKey(link);
    once.fingerprint = "approve";
    once.render = [](const runtime::Reply&) {
      ports::AnswerRow row;
      row.status = 200;
      return row;
    };
    return Vote(run, Person("alice", {"qa"}), link.stage, core::Choice::kApprove, once).kind;
  };
  EXPECT_EQ(vote(), runtime::ReplyKind::kDone);
  EXPECT_EQ(StateOf(approve), runtime::VoteLinkState::kUsed);
  EXPECT_EQ(StateOf(reject), runtime::VoteLinkState::kUsed);
  EXPECT_EQ(vote(), runtime::ReplyKind::kReplayed);
}

}  // namespace
}  // namespace gatewright::testing
