// tests/codec/events_test.cpp: every event reads back as it was written, with all that is in it,
// and logs that exist are written again byte for byte.
#include "engine/codec/events.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "engine/codec/event_words.h"
#include "engine/codec/json.h"
#include "engine/codec/site_events.h"
#include "tests/codec/filled.h"

namespace gatewright::codec {
namespace {

// The two logs, so that every test below holds for both.
struct OfRuns {
  using Event = core::Event;
  static std::string Write(const std::vector<Event>& events) { return EventsToJson(events); }
  static auto Read(std::string_view json) { return EventsFromJson(json); }
  static std::string_view Type(const Event& event) { return EventType(event); }
  static auto Topics() { return EventTopics(); }
};
struct OfTheSite {
  using Event = core::SiteEvent;
  static std::string Write(const std::vector<Event>& events) { return SiteEventsToJson(events); }
  static auto Read(std::string_view json) { return SiteEventsFromJson(json); }
  static std::string_view Type(const Event& event) { return SiteEventType(event); }
  static auto Topics() { return SiteEventTopics(); }
};

template <class Log>
class Events : public ::testing::Test {};
using Logs = ::testing::Types<OfRuns, OfTheSite>;
TYPED_TEST_SUITE(Events, Logs);

// Calls `visit.operator()<T>()` with every alternative of a variant.
template <class... T>
void ForEach(std::variant<T...>*, auto visit) {
  (visit.template operator()<T>(), ...);
}

// "VoteCast", as the compiler spells it.
template <class T>
std::string_view NameOf() {
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("T = ") + 4);
  name = name.substr(0, name.find_first_of(";]"));
  return name.substr(name.rfind(':') + 1);
}

TYPED_TEST(Events, ReadBackWithEveryMemberSet) {
  ForEach(static_cast<typename TypeParam::Event*>(nullptr), []<class T>() {
    const std::string json = TypeParam::Write({Filled<T>()});
    const auto events = TypeParam::Read(json);
    ASSERT_TRUE(events.has_value()) << json << "\n" << events.error().message;
    ASSERT_EQ(events->size(), 1U);
    EXPECT_TRUE(std::get<T>(events->front()) == Filled<T>()) << json;
    EXPECT_EQ(TypeParam::Write(*events), json);
  });
}

TYPED_TEST(Events, ReadBackWithEveryMemberDefault) {
  ForEach(static_cast<typename TypeParam::Event*>(nullptr), []<class T>() {
    const std::string json = TypeParam::Write({T{}});
    const auto events = TypeParam::Read(json);
    ASSERT_TRUE(events.has_value()) << json << "\n" << events.error().message;
    EXPECT_TRUE(std::get<T>(events->front()) == T{}) << json;
  });
}

TYPED_TEST(Events, ReadBackSeveralAtOnce) {
  std::vector<typename TypeParam::Event> all;
  ForEach(static_cast<typename TypeParam::Event*>(nullptr),
          [&all]<class T>() { all.push_back(Filled<T>()); });
  const auto events = TypeParam::Read(TypeParam::Write(all));
  ASSERT_TRUE(events.has_value()) << events.error().message;
  EXPECT_TRUE(*events == all);
  EXPECT_EQ(TypeParam::Write({}), "[]");
}

TYPED_TEST(Events, AreCalledAsTheirStruct) {
  ForEach(static_cast<typename TypeParam::Event*>(nullptr),
          []<class T>() { EXPECT_EQ(TypeParam::Type(T{}), NameOf<T>()); });
}

TYPED_TEST(Events, WithAMemberNobodyKnowsAreCorrupt) {
  ForEach(static_cast<typename TypeParam::Event*>(nullptr), []<class T>() {
    std::string json = TypeParam::Write({Filled<T>()});
    json.insert(json.size() - 2, R"(,"surprise":1)");
    const auto events = TypeParam::Read(json);
    ASSERT_FALSE(events.has_value()) << json;
    EXPECT_EQ(events.error().code, ErrorCode::kCorrupt);
  });
}

TYPED_TEST(Events, WithAMemberOfAnotherTypeAreCorrupt) {
  ForEach(static_cast<typename TypeParam::Event*>(nullptr), []<class T>() {
    const auto parsed = ParseJson(TypeParam::Write({Filled<T>()}));
    ASSERT_TRUE(parsed.has_value());
    for (const auto& member : parsed->as_array().at(0).as_object()) {
      const std::string name = member.key();
      // Subjects, forms and the like may be any JSON.
      if (name == "subject" || name == "evidence" || name == "outputs" || name == "form") continue;
      auto broken = *parsed;
      broken.as_array().at(0).as_object()[name] = 1.5;
      EXPECT_FALSE(TypeParam::Read(ToJson(broken)).has_value()) << ToJson(broken);
    }
  });
}

TYPED_TEST(Events, HaveTopicsInDottedForm) {
  std::set<std::string_view> seen;
  for (const std::string_view topic : TypeParam::Topics()) {
    EXPECT_TRUE(seen.insert(topic).second) << topic << " is there twice";
    EXPECT_EQ(std::ranges::count(topic, '.'), 1) << topic;
    EXPECT_EQ(topic.find_first_not_of("abcdefghijklmnopqrstuvwxyz._"), topic.npos) << topic;
  }
}

TEST(EventsOfExistingLogs, AreWrittenAgainByteForByte) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator("tests/golden/logs")) {
    if (file.path().extension() != ".jsonl") continue;
    std::ifstream lines(file.path());
    for (std::string line; std::getline(lines, line);) {
      const auto begin = line.find("\"events\":") + 9;
      const std::string json = line.substr(begin, line.rfind(']') + 1 - begin);
      const auto events = EventsFromJson(json);
      ASSERT_TRUE(events.has_value()) << file.path() << ": " << events.error().message;
      EXPECT_EQ(EventsToJson(*events), json) << file.path();
      ++count;
    }
  }
  EXPECT_GT(count, 0);
}

// The form that logs have: a change to any of these would make logs unreadable.
TEST(EventForm, LeavesOutWhatIsEmpty) {
  const std::pair<core::Event, std::string_view> kTable[] = {
      {core::RunCreated{}, R"([{"type":"RunCreated"}])"},
      {core::GateOpened{}, R"([{"type":"GateOpened","epoch":1}])"},
      {core::VoteCast{}, R"([{"type":"VoteCast","epoch":1,"choice":"approve"}])"},
      {core::SubjectChanged{}, R"([{"type":"SubjectChanged"}])"},
      {core::EligibleListed{}, R"([{"type":"EligibleListed","epoch":1}])"},
      {core::LocksTaken{}, R"([{"type":"LocksTaken","mode":"fifo","limit":1,"ticket":0}])"},
      {core::RunMigrated{}, R"([{"type":"RunMigrated"}])"},
      {core::RunSubmitted{}, R"([{"type":"RunSubmitted"}])"},
  };
  for (const auto& [event, json] : kTable) EXPECT_EQ(EventsToJson({event}), json);
}

TEST(EventForm, WritesPartsAsObjects) {
  core::ActionBlocked blocked{StageName{"Execute"},
                              {{core::HoldKind::kStop, "stopped by carol", std::nullopt},
                               {core::HoldKind::kCalendar, "closed", FromMicros(0)}}};
  EXPECT_EQ(EventsToJson({blocked}),
            R"([{"type":"ActionBlocked","stage":"Execute","holds":[)"
            R"({"kind":"stop","detail":"stopped by carol"},)"
            R"({"kind":"calendar","detail":"closed","until":"1970-01-01T00:00:00.000Z"}]}])");
  core::EligibleListed listed{
      StageName{"QA"}, Epoch{2}, {{RuleId{"qa"}, {PrincipalId{"ann"}, PrincipalId{"bob"}}}}};
  EXPECT_EQ(EventsToJson({listed}), R"([{"type":"EligibleListed","stage":"QA","epoch":2,)"
                                    R"("rules":[{"rule":"qa","people":["ann","bob"]}]}])");
  core::StopSet stop{{3,
                      {WorkflowName{"deployment"}, {}, {{"team", "platform"}}, "env/production"},
                      "database on fire",
                      PrincipalId{"carol"},
                      FromMicros(0),
                      std::nullopt}};
  EXPECT_EQ(SiteEventsToJson({stop}),
            R"([{"type":"StopSet","id":3,"workflow":"deployment","labels":{"team":"platform"},)"
            R"("lock_key":"env/production","reason":"database on fire","by":"carol",)"
            R"("since":"1970-01-01T00:00:00.000Z"}])");
}

TEST(EventForm, SaysWhatIsWrong) {
  const std::pair<std::string_view, std::string_view> kTable[] = {
      {R"({})", "expected an array of events"},
      {R"([1])", "expected an event object"},
      {R"([{"type":"VoteCounted"}])", "unknown event type 'VoteCounted'"},
      {R"([{"type":"StopSet"}])", "unknown event type 'StopSet'"},
      {R"([{"type":"GateOpened"}])", "event GateOpened: 'epoch': expected an integer"},
      {R"([{"type":"VoteCast","epoch":1}])",
       "event VoteCast: 'choice': expected one of approve, reject, withdraw, abstain"},
      {R"([{"type":"GateOpened","epoch":1,"reminders":["soon"]}])",
       "event GateOpened: 'reminders': expected an array of times"},
      {R"([{"type":"LocksTaken","mode":"fifo","limit":-1,"ticket":0}])",
       "event LocksTaken: 'limit': expected an integer of 0 to 4,294,967,295"},
      {R"([{"type":"ActionBlocked","holds":[{"kind":"stop","who":"me"}]}])",
       "event ActionBlocked: found 2 members, expected 1"},
      {R"([{"type":"ActionBlocked","holds":[{}]}])",
       "event ActionBlocked: 'kind': expected one of stop, calendar, wait, schedule, lock"},
  };
  for (const auto& [json, message] : kTable) {
    const auto events = EventsFromJson(json);
    ASSERT_FALSE(events.has_value()) << json;
    EXPECT_EQ(events.error().message, message) << json;
  }
}

// What people read and what the log says are the same words.
template <class Enum>
void ExpectWordsOfCore() {
  const auto words = WordsOf(Enum{});
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(words[i], ToString(static_cast<Enum>(i + 1)));
  }
}
TEST(EventForm, UsesTheWordsOfTheCore) {
  ExpectWordsOfCore<core::PrincipalKind>();
  ExpectWordsOfCore<core::Choice>();
  ExpectWordsOfCore<core::RunOutcome>();
  ExpectWordsOfCore<core::AttemptEnd>();
  ExpectWordsOfCore<core::OverrideKind>();
  ExpectWordsOfCore<core::HoldKind>();
  ExpectWordsOfCore<core::LockMode>();
}

}  // namespace
}  // namespace gatewright::codec
