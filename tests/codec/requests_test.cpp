// tests/codec/requests_test.cpp: bodies of requests: what is read from a good one, and every
// mistake of a bad one at once, each with its JSON pointer.
#include "engine/codec/requests.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/codec/run_requests.h"
#include "engine/codec/site_requests.h"

namespace gatewright::codec {
namespace {

using std::chrono::hours;

const Time kNine = *ParseTime("2026-03-02T09:00:00Z");

template <class T>
T Good(Result<Reading<T>> reading) {
  EXPECT_TRUE(reading.has_value());
  for (const auto& problem : reading->problems) {
    ADD_FAILURE() << problem.pointer << ": " << problem.detail;
  }
  return reading->value;
}

// One mistake per line: "/votes/0/run: expected …".
template <class T>
std::string Mistakes(const Result<Reading<T>>& reading) {
  if (!reading.has_value()) return reading.error().message;
  std::string lines;
  for (const auto& problem : reading->problems) {
    if (!lines.empty()) lines += '\n';
    lines += fmt::format("{}: {}", problem.pointer, problem.detail);
  }
  return lines;
}

constexpr std::string_view kTime =
    "expected an RFC 3339 time of the years 1970 to 9999, such as 2026-03-01T09:30:00Z";
constexpr std::string_view kLength =
    "expected a duration longer than nothing, such as 2h or 1h30m (units w, d, h, m, s, ms)";

TEST(RunBody, MayNameWhenItStartsAndWhoseLocksItShares) {
  const auto body = Good(ReadRunBody(
      R"({"name":"r","workflow":"w","not_before":"2026-03-02T10:00:00+01:00","parent":7})"));
  EXPECT_EQ(body.not_before, kNine);
  EXPECT_EQ(body.parent, RunId{7});

  const auto bare = Good(ReadRunBody(R"({"name":"r","workflow":"w","not_before":null})"));
  EXPECT_FALSE(bare.not_before || bare.parent);
}

TEST(RunBody, SaysEveryMistake) {
  EXPECT_EQ(Mistakes(ReadRunBody(R"({"name":"r","not_before":"tomorrow","parent":0,"parents":1})")),
            fmt::format("/workflow: 'workflow' is needed: a string of 1 to 256 characters\n"
                        "/not_before: {}, found 'tomorrow'\n"
                        "/parent: expected a positive integer, found 0\n"
                        "/parents: unknown member 'parents' (known: name, workflow, subject, "
                        "not_before, parent, draft). Did you mean 'parent'?",
                        kTime));
}

TEST(RunBody, KnowsTimesThatCanBeWrittenAgain) {
  for (const std::string_view time :
       {"1969-12-31T23:59:59Z", "9999-12-31T23:59:59-01:00", "2026-02-30T00:00:00Z", "2026-03-02",
        "0000-01-01T00:00:00+01:00", "", "1"}) {
    EXPECT_EQ(Mistakes(ReadRunBody(
                  fmt::format(R"({{"name":"r","workflow":"w","not_before":"{}"}})", time))),
              fmt::format("/not_before: {}, found '{}'", kTime, time));
  }
  EXPECT_EQ(Mistakes(ReadRunBody(R"({"name":"r","workflow":"w","not_before":5})")),
            fmt::format("/not_before: {}, found 5", kTime));
}

TEST(VoteBody, MayHoldAFormAndSpeakForSomebody) {
  const auto body = Good(
      ReadVoteBody(R"({"choice":"approve","form":{"b":1.0,"a":[true]},"on_behalf_of":"ann"})"));
  EXPECT_EQ(body.form_json, R"({"a":[true],"b":1})");  // as the log keeps it
  EXPECT_EQ(body.on_behalf_of, PrincipalId{"ann"});
  EXPECT_TRUE(Good(ReadShortVoteBody("", core::Choice::kReject)).form_json.empty());
  EXPECT_EQ(Good(ReadShortVoteBody(R"({"form":{}})", core::Choice::kReject)).form_json, "{}");
}

TEST(VoteBody, SaysEveryMistake) {
  EXPECT_EQ(
      Mistakes(ReadVoteBody(R"({"form":[],"on_behalf_of":" "})")),
      "/choice: 'choice' is needed: approve, reject or withdraw\n"
      "/form: expected an object, found an array\n"
      "/on_behalf_of: expected 1 to 256 characters that are not all blank, found blanks only");
}

TEST(BulkVoteBody, HoldsVotesOnSeveralRuns) {
  const auto body = Good(ReadBulkVoteBody(
      R"({"votes":[{"run":1,"stage":"QA","epoch":2,"choice":"approve","comment":"ok",)"
      R"("subject_digest":"d","form":{"x":1}},{"run":2,"choice":"withdraw"}]})"));
  ASSERT_EQ(body.votes.size(), 2U);
  EXPECT_EQ(body.votes[0].run, RunId{1});
  EXPECT_EQ(body.votes[0].vote.stage, StageName{"QA"});
  EXPECT_EQ(body.votes[0].vote.epoch, Epoch{2});
  EXPECT_EQ(body.votes[0].vote.comment, "ok");
  EXPECT_EQ(body.votes[0].vote.expected.subject_digest, "d");
  EXPECT_EQ(body.votes[0].vote.form_json, R"({"x":1})");
  EXPECT_EQ(body.votes[1].vote.choice, core::Choice::kWithdraw);
}

TEST(BulkVoteBody, SaysEveryMistakeOfEveryVote) {
  EXPECT_EQ(
      Mistakes(ReadBulkVoteBody(R"({"votes":[{"run":0,"choice":"yes"},7,{"epoch":"1","who":1}]})")),
      "/votes/0/run: expected a positive integer, found 0\n"
      "/votes/0/choice: expected one of approve, reject, withdraw, found 'yes'.\n"
      "/votes/1: expected an object, found a number\n"
      "/votes/2/run: 'run' is needed: a positive integer\n"
      "/votes/2/choice: 'choice' is needed: approve, reject or withdraw\n"
      "/votes/2/epoch: expected a positive integer, found a string\n"
      "/votes/2/who: unknown member 'who' (known: run, choice, stage, epoch, comment, "
      "expected_state, subject_digest, form, on_behalf_of).");
}

TEST(BulkVoteBody, HoldsOneToFifty) {
  const auto votes = [](int count) {
    std::string json = R"({"votes":[)";
    for (int i = 0; i < count; ++i) json += R"({"run":1,"choice":"approve"},)";
    if (count > 0) json.pop_back();
    return Mistakes(ReadBulkVoteBody(json + "]}"));
  };
  EXPECT_EQ(votes(1), "");
  EXPECT_EQ(votes(50), "");
  EXPECT_EQ(votes(0), "/votes: expected an array of 1 to 50 objects, found 0");
  EXPECT_EQ(votes(51), "/votes: expected an array of 1 to 50 objects, found 51");
  EXPECT_EQ(Mistakes(ReadBulkVoteBody("{}")),
            "/votes: 'votes' is needed: an array of 1 to 50 objects");
  EXPECT_EQ(Mistakes(ReadBulkVoteBody(R"({"votes":{}})")),
            "/votes: expected an array of 1 to 50 objects, found an object");
}

TEST(CommandBodies, AreRead) {
  const auto subject =
      Good(ReadSubjectBody(R"({"subject":{"v":2},"reason":"typo","subject_digest":"old"})"));
  EXPECT_EQ(subject.subject_json, R"({"v":2})");
  EXPECT_EQ(subject.reason, "typo");
  EXPECT_EQ(subject.expected.subject_digest, "old");

  EXPECT_EQ(Good(ReadRetryBody("")).reason, "");
  EXPECT_EQ(Good(ReadForceBody(R"({"reason":"gone"})")).reason, "gone");

  const auto claim = Good(ReadClaimBody(R"({"stage":"QA","epoch":1})"));
  EXPECT_EQ(claim.stage, StageName{"QA"});
  EXPECT_EQ(claim.epoch, Epoch{1});
  EXPECT_FALSE(Good(ReadClaimBody("{}")).stage.has_value());

  const auto by = Good(ReadExtendBody(R"({"by":"2h","reason":"holiday"})"));
  EXPECT_EQ(by.by, hours{2});
  EXPECT_FALSE(by.deadline.has_value());
  const auto until = Good(ReadExtendBody(
      R"({"stage":"QA","epoch":3,"deadline":"2026-03-02T09:00:00Z","reason":"holiday"})"));
  EXPECT_EQ(until.deadline, kNine);
  EXPECT_EQ(until.epoch, Epoch{3});

  const auto lock = Good(ReadOverrideBody(R"({"kind":"lock","reason":"stuck"})"));
  EXPECT_EQ(lock.kind, core::OverrideKind::kLock);
  EXPECT_EQ(lock.reason, "stuck");

  const auto resubmit = Good(ReadResubmitBody(R"({"subject":{},"not_before":null})"));
  EXPECT_FALSE(resubmit.name.has_value());
  EXPECT_EQ(resubmit.subject_json, "{}");
}

TEST(MigrateBody, TakesItsMapInTwoForms) {
  const std::vector<core::StageMapping> expected = {{StageName{"QA"}, StageName{"Quality"}}};
  const auto array = Good(ReadMigrateBody(R"({"to":"abc","map":[{"from":"QA","to":"Quality"}]})"));
  EXPECT_EQ(array.to, "abc");
  EXPECT_EQ(array.map, expected);
  const auto object =
      Good(ReadMigrateRunsBody(R"({"from":"old","to":"abc","map":{"QA":"Quality"}})"));
  EXPECT_EQ(object.from, "old");
  EXPECT_EQ(object.map, expected);
  EXPECT_TRUE(Good(ReadMigrateBody(R"({"to":"abc"})")).map.empty());
}

TEST(CommandBodies, SayEveryMistake) {
  constexpr std::string_view kNoReason =
      "/reason: 'reason' is needed: a string of 1 to 4096 characters";
  constexpr std::string_view kBlankReason =
      "/reason: expected 1 to 4096 characters that are not all blank, found blanks only";
  const std::pair<std::string, std::string> kTable[] = {
      {Mistakes(ReadSubjectBody("")), "/subject: 'subject' is needed: an object"},
      {Mistakes(ReadSubjectBody(R"({"subject":"x"})")),
       "/subject: expected an object, found a string"},
      {Mistakes(ReadForceBody("{}")), std::string(kNoReason)},
      {Mistakes(ReadExtendBody("{}")),
       fmt::format("/deadline: expected exactly one of 'deadline' and 'by', found neither\n{}",
                   kNoReason)},
      {Mistakes(ReadExtendBody(R"({"deadline":"2026-03-02T09:00:00Z","by":"0s","reason":"\t "})")),
       fmt::format("/by: {}, found '0s'\n/deadline: expected exactly one of 'deadline' and 'by', "
                   "found both\n{}",
                   kLength, kBlankReason)},
      {Mistakes(ReadExtendBody(R"({"by":2,"reason":"r"})")),
       fmt::format("/by: {}, found 2", kLength)},
      {Mistakes(ReadOverrideBody("{}")),
       fmt::format("/kind: 'kind' is needed: one of gate, calendar, lock\n{}", kNoReason)},
      {Mistakes(ReadOverrideBody(R"({"kind":"stop","reason":"r"})")),
       "/kind: expected one of gate, calendar, lock, found 'stop'."},
      {Mistakes(
           ReadMigrateBody(R"({"from":"x","map":[{"from":"QA","to":"A"},{"from":"QA","to":""}]})")),
       "/to: 'to' is needed: a string of 1 to 256 characters\n"
       "/map/1/to: expected 1 to 256 characters that are not all blank, found none\n"
       "/map/1/from: expected each stage once, found 'QA' again\n"
       "/from: unknown member 'from' (known: to, map, expected_state, subject_digest)."},
      {Mistakes(ReadMigrateBody(R"({"to":"v","map":{"QA":1,"":"x"}})")),
       "/map/QA: expected a string, found a number\n"
       "/map: expected names of 1 to 256 characters, found one of 0"},
      {Mistakes(ReadMigrateBody(R"({"to":"v","map":"QA"})")),
       "/map: expected an object of at most 256 strings, found a string"},
      {Mistakes(ReadClaimBody(R"({"epoch":0})")), "/epoch: expected a positive integer, found 0"},
  };
  for (const auto& [found, expected] : kTable) EXPECT_EQ(found, expected);
}

TEST(CommandBodies, TakeReasonsOf4096CharactersAndNoMore) {
  std::string reason;
  for (int i = 0; i < 4096; ++i) reason += "ä";
  EXPECT_EQ(Good(ReadStopBody(fmt::format(R"({{"reason":"{}"}})", reason))).reason, reason);
  EXPECT_EQ(Mistakes(ReadStopBody(fmt::format(R"({{"reason":"{}!"}})", reason))),
            "/reason: expected at most 4096 characters, found 4097");
}

TEST(StopBody, SelectsRunsAndMayEnd) {
  const auto body = Good(
      ReadStopBody(R"({"workflow":"deployment","stage":"Execute","labels":{"team":"platform"},)"
                   R"("lock_key":"env/production","reason":"on fire","for":"2h"})"));
  EXPECT_EQ(body.selector, (core::Selector{WorkflowName{"deployment"},
                                           StageName{"Execute"},
                                           {{"team", "platform"}},
                                           "env/production"}));
  EXPECT_EQ(body.lasts, hours{2});

  const auto everything =
      Good(ReadStopBody(R"({"reason":"on fire","until":"2026-03-02T09:00:00Z"})"));
  EXPECT_EQ(everything.selector, core::Selector{});
  EXPECT_EQ(everything.until, kNine);
  EXPECT_EQ(Good(ReadLiftBody("")).reason, "");
}

TEST(StopBody, SaysEveryMistake) {
  EXPECT_EQ(Mistakes(ReadStopBody(
                R"({"labels":{"team":7},"until":"2026-03-02T09:00:00Z","for":"soon"})")),
            fmt::format("/labels/team: expected a string, found a number\n"
                        "/reason: 'reason' is needed: a string of 1 to 4096 characters\n"
                        "/for: {}, found 'soon'\n"
                        "/for: expected at most one of 'until' and 'for', found both",
                        kLength));
  EXPECT_EQ(Mistakes(ReadStopBody(R"({"reason":"r","labels":[]})")),
            "/labels: expected an object of at most 64 strings, found an array");
}

TEST(DelegationBody, SaysWhoMayVoteForWhomAndHowLong) {
  const auto body = Good(ReadDelegationBody(
      R"({"from":"ann","to":"bob","workflow":"deployment","stage":"QA",)"
      R"("valid_from":"2026-03-02T09:00:00Z","valid_until":"2026-03-02T09:00:00Z"})"));
  EXPECT_EQ(body.from, PrincipalId{"ann"});
  EXPECT_EQ(body.to, PrincipalId{"bob"});
  EXPECT_EQ(body.scope.stage, StageName{"QA"});
  EXPECT_EQ(body.valid_from, kNine);
  EXPECT_EQ(body.valid_until, kNine);

  EXPECT_EQ(Mistakes(ReadDelegationBody(R"({"until":"x"})")),
            "/to: 'to' is needed: a string of 1 to 256 characters\n"
            "/valid_until: 'valid_until' is needed: an RFC 3339 time, such as "
            "2026-03-01T09:30:00Z\n"
            "/until: unknown member 'until' (known: from, to, workflow, stage, labels, lock_key, "
            "valid_from, valid_until, reason).");
}

}  // namespace
}  // namespace gatewright::codec
