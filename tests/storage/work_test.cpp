// tests/storage/work_test.cpp: timers, attempts and their output, the outbox, answers and cursors.
#include <gmock/gmock.h>

#include <random>

#include "tests/storage/store_fixture.h"

namespace gatewright::storage {
namespace {

using core::AttemptState;
using core::TimerKind;
using ports::OutboxKind;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<OutboxKind> kAll = {OutboxKind::kAskPolicies, OutboxKind::kNotify,
                                      OutboxKind::kListEligible};

class Work : public StoreTest {
 protected:
  Result<Position> Output(std::int64_t offset, const std::string& bytes) {
    ports::Change change;
    change.output.push_back({RunId{1}, AttemptNumber{1}, offset, bytes});
    return store().Commit({change});
  }

  Result<Position> Answer(int status, const std::string& fingerprint = "f",
                          const std::string& key = "k", Time at = At(0)) {
    ports::Change change;
    change.answer = ports::AnswerRow{key, fingerprint, status, "body", R"({"ETag":"1"})", at};
    return store().Commit({change});
  }
};
INSTANTIATE_STORE_SUITE(Work);

TEST_P(Work, WakesRunsInOrderOfTime) {
  ports::Change change;
  change.set_timers = {{RunId{1}, TimerKind::kGateDeadline, At(30)},
                       {RunId{2}, TimerKind::kGateDeadline, At(10)},
                       {RunId{2}, TimerKind::kStartAttempt, At(20)}};
  ASSERT_TRUE(store().Commit({change}));
  EXPECT_EQ(Get(store().NextTimer()), At(10));
  EXPECT_THAT(Get(store().DueTimers(At(20), 10)),
              ElementsAre(ports::TimerRow{RunId{2}, TimerKind::kGateDeadline, At(10)},
                          ports::TimerRow{RunId{2}, TimerKind::kStartAttempt, At(20)}));
  EXPECT_EQ(Get(store().DueTimers(At(99), 1)).size(), 1u);
  EXPECT_THAT(Get(store().DueTimers(At(9), 10)), IsEmpty());
}

TEST_P(Work, HasOneTimerPerRunAndKind) {
  ports::Change change;
  change.set_timers = {{RunId{1}, TimerKind::kGateDeadline, At(30)}};
  ASSERT_TRUE(store().Commit({change}));
  change.set_timers[0].due = At(40);
  ASSERT_TRUE(store().Commit({change}));
  EXPECT_EQ(Get(store().DueTimers(At(99), 10)).size(), 1u);
  EXPECT_EQ(Get(store().NextTimer()), At(40));

  ports::Change clear;
  clear.clear_timers = {{RunId{1}, TimerKind::kGateDeadline},
                        {RunId{8}, TimerKind::kGateDeadline}};  // there is none: fine
  ASSERT_TRUE(store().Commit({clear}));
  EXPECT_FALSE(Get(store().NextTimer()).has_value());
}

TEST_P(Work, SetsATimerThatTheSameChangeClears) {
  ports::Change change;
  change.clear_timers = {{RunId{1}, TimerKind::kGateDeadline}};
  change.set_timers = {{RunId{1}, TimerKind::kGateDeadline, At(30)}};
  ASSERT_TRUE(store().Commit({change}));
  EXPECT_EQ(Get(store().NextTimer()), At(30));
}

TEST_P(Work, RemembersAttemptsUntilTheyEnd) {
  const ports::AttemptRow planned{RunId{2}, AttemptNumber{1}, "deploy", AttemptState::kPlanned, 0};
  ports::AttemptRow started{RunId{1}, AttemptNumber{3}, "deploy", AttemptState::kStarted, 77};
  ports::Change change;
  change.put_attempts = {planned, started};
  ASSERT_TRUE(store().Commit({change}));
  EXPECT_THAT(Get(store().OpenAttempts()), ElementsAre(started, planned));

  for (const auto end : {AttemptState::kSucceeded, AttemptState::kFailed, AttemptState::kTimedOut,
                         AttemptState::kCancelled, AttemptState::kUnknown}) {
    change.put_attempts = {started};
    ASSERT_TRUE(store().Commit({change}));
    ports::AttemptRow ended = started;
    ended.state = end;
    change.put_attempts = {ended};
    ASSERT_TRUE(store().Commit({change}));
    EXPECT_THAT(Get(store().OpenAttempts()), ElementsAre(planned));
  }
}

TEST_P(Work, KeepsTheOutboxUntilItIsDropped) {
  ports::Change change;
  change.put_outbox = {{0, OutboxKind::kNotify, RunId{1}, R"({"n":1})", 0, At(20)},
                       {0, OutboxKind::kAskPolicies, RunId{2}, R"({"n":2})", 0, At(10)}};
  ASSERT_TRUE(store().Commit({change}));
  EXPECT_EQ(Get(store().NextOutbox(kAll)), At(10));
  EXPECT_THAT(Get(store().DueOutbox(kAll, At(9), 10)), IsEmpty());
  auto due = Get(store().DueOutbox(kAll, At(20), 10));
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[0].kind, OutboxKind::kAskPolicies);
  EXPECT_EQ(due[0].run, RunId{2});
  EXPECT_EQ(due[1].body_json, R"({"n":1})");

  ports::Change later;  // it failed once: try again at 60
  due[0].tries = 1;
  due[0].due = At(60);
  due[0].body_json = R"({"n":3})";
  later.put_outbox = {due[0]};
  later.drop_outbox = {due[1].id, 4711};  // dropping what is gone is fine
  ASSERT_TRUE(store().Commit({later}));
  EXPECT_THAT(Get(store().DueOutbox(kAll, At(59), 10)), IsEmpty());
  const auto again = Get(store().DueOutbox(kAll, At(60), 10));
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].id, due[0].id);
  EXPECT_EQ(again[0].tries, 1);
  EXPECT_EQ(again[0].body_json, R"({"n":3})");
}

TEST_P(Work, ShowsOnlyTheKindsOfTheOutboxThatAreAskedFor) {
  ports::Change change;
  change.put_outbox = {{0, OutboxKind::kNotify, RunId{1}, "{}", 0, At(30)},
                       {0, OutboxKind::kAskPolicies, RunId{2}, "{}", 0, At(10)},
                       {0, OutboxKind::kListEligible, RunId{3}, "{}", 0, At(20)},
                       {0, OutboxKind::kNotify, RunId{4}, "{}", 0, At(5)}};
  ASSERT_TRUE(store().Commit({change}));
  const auto due = [&](const std::vector<OutboxKind>& kinds, std::int64_t limit) {
    std::vector<std::int64_t> runs;
    for (const auto& row : Get(store().DueOutbox(kinds, At(30), limit))) {
      runs.push_back(row.run.value);
    }
    return runs;
  };
  EXPECT_THAT(due({OutboxKind::kNotify}, 9), ElementsAre(4, 1));
  EXPECT_THAT(due({OutboxKind::kListEligible, OutboxKind::kAskPolicies}, 9), ElementsAre(2, 3));
  EXPECT_THAT(due({OutboxKind::kNotify, OutboxKind::kNotify}, 9), ElementsAre(4, 1));
  EXPECT_THAT(due(kAll, 9), ElementsAre(4, 2, 3, 1));  // by time, whatever the kind
  EXPECT_THAT(due(kAll, 3), ElementsAre(4, 2, 3));
  EXPECT_THAT(due({}, 9), IsEmpty());

  EXPECT_EQ(Get(store().NextOutbox({OutboxKind::kNotify})), At(5));
  EXPECT_EQ(Get(store().NextOutbox({OutboxKind::kListEligible})), At(20));
  EXPECT_EQ(Get(store().NextOutbox({OutboxKind::kListEligible, OutboxKind::kAskPolicies})), At(10));
  EXPECT_FALSE(Get(store().NextOutbox({})).has_value());
}

// Receivers tell a message from its redelivery by the id.
TEST_P(Work, NeverGivesAnOutboxIdTwice) {
  ports::Change put;
  put.put_outbox = {{0, OutboxKind::kNotify, RunId{1}, "{}", 0, At(0)}};
  ASSERT_TRUE(store().Commit({put}));
  const auto first = Get(store().DueOutbox(kAll, At(0), 1)).at(0).id;
  ports::Change drop;
  drop.drop_outbox = {first};
  ASSERT_TRUE(store().Commit({drop}));
  Restart();
  ASSERT_TRUE(store().Commit({put}));
  EXPECT_GT(Get(store().DueOutbox(kAll, At(0), 1)).at(0).id, first);
}

TEST_P(Work, AnswersAKeyOnce) {
  EXPECT_FALSE(Get(store().FindAnswer("k")).has_value());
  ASSERT_TRUE(Answer(0));
  EXPECT_EQ(Get(store().FindAnswer("k"))->status, 0);
  ASSERT_TRUE(Answer(201));
  const auto answer = Get(store().FindAnswer("k"));
  EXPECT_EQ(answer->key, "k");
  EXPECT_EQ(answer->fingerprint, "f");
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, "body");
  EXPECT_EQ(answer->headers_json, R"({"ETag":"1"})");
  EXPECT_EQ(answer->at, At(0));
}

TEST_P(Work, LetsOnlyOneOfTwoRequestsHaveAKey) {
  ASSERT_TRUE(Answer(0));
  ports::Change second = NewRun(1);
  second.answer = ports::AnswerRow{"k", "f", 0, "", "", At(1)};
  const auto refused = store().Commit({second});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_FALSE(Get(store().GetRow(RunId{1})).has_value());
}

TEST_P(Work, DoesNotChangeAnAnswerThatWasGiven) {
  ASSERT_TRUE(Answer(201));  // known at once
  EXPECT_FALSE(Answer(500));
  EXPECT_FALSE(Answer(0));
  EXPECT_EQ(Get(store().FindAnswer("k"))->status, 201);
}

TEST_P(Work, DoesNotCompleteTheAnswerOfAnotherRequest) {
  ASSERT_TRUE(Answer(0, "mine"));
  EXPECT_FALSE(Answer(201, "another"));
  EXPECT_EQ(Get(store().FindAnswer("k"))->status, 0);
}

TEST_P(Work, ForgetsOldAnswersALittleAtATime) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Answer(201, "f", "k" + std::to_string(i), At(i)));
  }
  EXPECT_EQ(Get(store().ForgetAnswers(At(4), 3)), 3);
  EXPECT_EQ(Get(store().ForgetAnswers(At(4), 3)), 1);
  EXPECT_EQ(Get(store().ForgetAnswers(At(4), 3)), 0);
  EXPECT_TRUE(Get(store().FindAnswer("k4")).has_value());
  EXPECT_FALSE(Get(store().FindAnswer("k0")).has_value());
}

TEST_P(Work, KeepsOutputByteForByte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  ASSERT_TRUE(Output(0, bytes));
  ASSERT_TRUE(Output(256, std::string(1, '\0')));
  ASSERT_TRUE(Output(257, "\xff\xfe"));
  bytes += std::string(1, '\0') + "\xff\xfe";
  EXPECT_EQ(Get(store().OutputSize(RunId{1}, AttemptNumber{1})), 259);
  EXPECT_EQ(Get(store().ReadOutput(RunId{1}, AttemptNumber{1}, 0, 10'000)), bytes);
  EXPECT_EQ(Get(store().ReadOutput(RunId{1}, AttemptNumber{2}, 0, 10'000)), "");
}

TEST_P(Work, ReadsAnyPartOfTheOutput) {
  std::mt19937 random(7);
  std::string bytes;
  while (bytes.size() < 5'000) {
    std::string chunk(random() % 200, '\0');
    for (char& c : chunk) c = static_cast<char>(random());
    ASSERT_TRUE(Output(static_cast<std::int64_t>(bytes.size()), chunk));
    bytes += chunk;
  }
  for (int i = 0; i < 500; ++i) {
    const auto offset = random() % (bytes.size() + 10);
    const auto limit = random() % 600;
    const auto read = Get(
        store().ReadOutput(RunId{1}, AttemptNumber{1}, static_cast<std::int64_t>(offset), limit));
    ASSERT_EQ(read, offset < bytes.size() ? bytes.substr(offset, limit) : "")
        << "offset " << offset << " limit " << limit;
  }
}

TEST_P(Work, TakesAMegabyteOfOutputAtOnce) {
  const std::string bytes(1 << 20, '\x80');
  ASSERT_TRUE(Output(0, bytes));
  EXPECT_EQ(Get(store().ReadOutput(RunId{1}, AttemptNumber{1}, 0, 1 << 21)), bytes);
}

TEST_P(Work, RefusesOutputWithAGapOrAnOverlap) {
  ASSERT_TRUE(Output(0, "12345"));
  EXPECT_FALSE(Output(6, "78"));
  EXPECT_FALSE(Output(4, "56"));
  EXPECT_FALSE(Output(0, "12345"));
  EXPECT_TRUE(Output(5, ""));
  EXPECT_TRUE(Output(5, "6"));
  EXPECT_EQ(Get(store().ReadOutput(RunId{1}, AttemptNumber{1}, 0, 100)), "123456");
}

TEST_P(Work, RemembersHowFarAFollowerCame) {
  ports::Change change;
  change.cursor = {"notifier", Position{12}};
  ASSERT_TRUE(store().Commit({change}));
  change.cursor = {"notifier", Position{15}};
  ASSERT_TRUE(store().Commit({change}));
  Restart();
  EXPECT_EQ(Get(store().Cursor("notifier")), Position{15});
  EXPECT_EQ(Get(store().Cursor("other")), Position{0});
}

TEST_P(Work, HasSecretsOfItsOwnThatStay) {
  const std::string tickets = Get(store().Secret("tickets"));
  EXPECT_EQ(tickets.size(), 64u);
  EXPECT_NE(tickets, Get(store().Secret("other")));
  Restart();
  EXPECT_EQ(Get(store().Secret("tickets")), tickets);
}

}  // namespace
}  // namespace gatewright::storage
