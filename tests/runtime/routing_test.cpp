// tests/runtime/routing_test.cpp: whom a notify rule tells, and when.
#include <gmock/gmock.h>

#include "engine/calendar/zone_clock.h"
#include "engine/runtime/routing.h"

namespace gatewright::runtime {
namespace {

using core::NotifyTo;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<const core::LocalClock> Clock(std::string_view zone) {
  return std::make_shared<const calendar::ZoneClock>(*calendar::Zone::Find(zone));
}

Time At(std::string_view text) { return *ParseTime(text); }

core::NotifyRule Mail(NotifyTo to) {
  core::NotifyRule rule;
  rule.use = {"smtp", R"({"to":"${recipient.email}"})"};
  rule.to = to;
  return rule;
}

// Requested by rita; quinn has voted at QA.
core::Run SomeRun() {
  core::Run run;
  run.requester = PrincipalId{"rita"};
  core::Stage stage;
  stage.name = StageName{"QA"};
  core::Vote vote;
  vote.voter = PrincipalId{"quinn"};
  stage.gate.emplace().votes = {vote};
  run.stages = {stage};
  return run;
}

core::Preferences ByMail() {
  core::Preferences preferences;
  preferences.addresses = {{"email", "somebody@example.com"}};
  return preferences;
}

std::vector<std::string> Names(const std::vector<Told>& told) {
  std::vector<std::string> names;
  for (const Told& one : told) names.push_back(one.person.value);
  return names;
}

TEST(Routing, TellsWhomTheRuleMeans) {
  const core::Preferences mail = ByMail();
  const std::vector<Candidate> people = {{PrincipalId{"nora"}, &mail, true},
                                         {PrincipalId{"quinn"}, &mail, false},
                                         {PrincipalId{"rita"}, &mail, false}};
  const auto told = [&](NotifyTo to) { return Names(Route(Mail(to), SomeRun(), people, Time{})); };
  EXPECT_THAT(told(NotifyTo::kNeeded), ElementsAre("nora"));
  EXPECT_THAT(told(NotifyTo::kRequester), ElementsAre("rita"));
  EXPECT_THAT(told(NotifyTo::kVoters), ElementsAre("quinn"));
  EXPECT_THAT(told(NotifyTo::kChannel), IsEmpty());
}

TEST(Routing, WhoWantsOnlyWhatNeedsThemIsToldNothingElse) {
  core::Preferences mail = ByMail();
  mail.only_needed = true;
  for (const bool is_needed : {false, true}) {
    const std::vector<Candidate> people = {{PrincipalId{"rita"}, &mail, is_needed}};
    EXPECT_EQ(Route(Mail(NotifyTo::kRequester), SomeRun(), people, Time{}).size(),
              is_needed ? 1u : 0u);
  }
  EXPECT_TRUE(AsksWhetherNeeded(Mail(NotifyTo::kRequester), SomeRun(), PrincipalId{"rita"}, mail));
  EXPECT_FALSE(AsksWhetherNeeded(Mail(NotifyTo::kRequester), SomeRun(), PrincipalId{"nora"}, mail));
}

TEST(Routing, WhoHasNoSuchAddressIsNotTold) {
  core::Preferences chat;
  chat.addresses = {{"slack", "U1"}};
  const std::vector<Candidate> people = {{PrincipalId{"rita"}, &chat, true}};
  EXPECT_THAT(Route(Mail(NotifyTo::kRequester), SomeRun(), people, Time{}), IsEmpty());
  core::NotifyRule by_id = Mail(NotifyTo::kRequester);
  by_id.use.with_json = R"({"to":"${recipient.id}@example.com"})";
  EXPECT_THAT(Names(Route(by_id, SomeRun(), people, Time{})), ElementsAre("rita"));
}

struct When {
  const char* name;
  int quiet_from = -1, quiet_to = -1;  // hours
  int digest_at = -1;
  const char* zone;
  const char* now;
  const char* told;
};

class RoutingTimes : public ::testing::TestWithParam<When> {};

TEST_P(RoutingTimes, AreKept) {
  const When& it = GetParam();
  core::Preferences mail = ByMail();
  if (it.quiet_from >= 0) {
    mail.quiet_hours = {hours{it.quiet_from}, hours{it.quiet_to}, Clock(it.zone)};
  }
  if (it.digest_at >= 0) mail.digest = {hours{it.digest_at}, Clock(it.zone)};
  const std::vector<Candidate> people = {{PrincipalId{"rita"}, &mail, false}};
  const auto told = Route(Mail(NotifyTo::kRequester), SomeRun(), people, At(it.now));
  EXPECT_THAT(told, ElementsAre(Told{PrincipalId{"rita"}, At(it.told), it.digest_at >= 0}));
}

INSTANTIATE_TEST_SUITE_P(
    All, RoutingTimes,
    ::testing::Values(
        When{"at_once", -1, -1, -1, "UTC", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"},
        When{"awake", 22, 7, -1, "UTC", "2026-03-02T21:59:00Z", "2026-03-02T21:59:00Z"},
        When{"before_midnight", 22, 7, -1, "UTC", "2026-03-02T22:00:00Z", "2026-03-03T07:00:00Z"},
        When{"after_midnight", 22, 7, -1, "UTC", "2026-03-02T06:59:00Z", "2026-03-02T07:00:00Z"},
        When{"ended", 22, 7, -1, "UTC", "2026-03-02T07:00:00Z", "2026-03-02T07:00:00Z"},
        When{"by_day", 12, 14, -1, "UTC", "2026-03-02T13:30:00Z", "2026-03-02T14:00:00Z"},
        When{"elsewhere", 22, 7, -1, "Asia/Tokyo", "2026-03-02T13:30:00Z", "2026-03-02T22:00:00Z"},
        // The clocks of Berlin go forward that night.
        When{"short_night", 22, 7, -1, "Europe/Berlin", "2026-03-28T22:00:00Z",
             "2026-03-29T05:00:00Z"},
        When{"digest_today", -1, -1, 8, "Europe/Berlin", "2026-03-02T06:00:00Z",
             "2026-03-02T07:00:00Z"},
        When{"digest_tomorrow", -1, -1, 8, "Europe/Berlin", "2026-03-02T07:00:00Z",
             "2026-03-03T07:00:00Z"},
        When{"digest_in_quiet_hours", 22, 9, 8, "UTC", "2026-03-02T06:00:00Z",
             "2026-03-02T09:00:00Z"}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(Routing, SettingsGetTheIdAndEveryAddress) {
  EXPECT_EQ(RecipientScope(PrincipalId{"a\"b"}, ByMail()),
            R"({"recipient":{"id":"a\"b","email":"somebody@example.com"}})");
}

}  // namespace
}  // namespace gatewright::runtime
