// The policy `window`, through the host, as a workflow uses it.
#include <gmock/gmock.h>

#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

constexpr char kBusinessHours[] = R"({
  "timezone": "Europe/Berlin",
  "allow": [{"name": "weekdays", "start": "2026-01-05T09:00", "end": "2026-01-05T17:00",
             "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}],
  "holidays": [{"date": "2026-06-04", "name": "Corpus Christi"}])";

class WindowPolicy : public testing::Test {
 protected:
  Result<ports::PolicyVerdict> Ask(const std::string& config, const char* at) {
    GW_TRY(policy, host_->MakePolicy("window", config));
    ports::Context context = SomeContext();
    context.now = *ParseTime(at);
    return policy->Evaluate(context, kLimit);
  }

  std::unique_ptr<PluginHost> host_ = LoadOurs();
};

TEST_F(WindowPolicy, ApprovesWhileOpen) {
  const auto verdict = Ask(std::string(kBusinessHours) + "}", "2026-06-01T12:00:00Z");
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(verdict->choice, ports::PolicyChoice::kApprove);
  EXPECT_EQ(verdict->reason, "open by 'weekdays' until 2026-06-01T17:00+02:00 Europe/Berlin");
  EXPECT_EQ(verdict->evidence_json,
            R"({"open":true,"reason":"open by 'weekdays' until 2026-06-01T17:00+02:00 )"
            R"(Europe/Berlin","changes_at":"2026-06-01T15:00:00.000Z"})");
}

TEST_F(WindowPolicy, WaitsUntilItOpensButNotLongerThanAnHourAtATime) {
  const std::string config = std::string(kBusinessHours) + "}";
  const auto soon = Ask(config, "2026-06-01T06:30:00Z");
  ASSERT_TRUE(soon) << soon.error().message;
  EXPECT_EQ(soon->choice, ports::PolicyChoice::kWait);
  EXPECT_EQ(soon->ask_again_after, std::chrono::minutes{30});
  const auto later = Ask(config, "2026-06-04T12:00:00Z");
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_EQ(later->ask_again_after, hours{1});
  EXPECT_THAT(later->reason, HasSubstr("closed by 'Corpus Christi' (holiday)"));
}

TEST_F(WindowPolicy, MayAbstainOrRejectInstead) {
  const auto choice = [&](const char* outside) {
    const auto verdict = Ask(std::string(kBusinessHours) + R"(,"outside":")" + outside + "\"}",
                             "2026-06-06T12:00:00Z");
    return verdict ? verdict->choice : ports::PolicyChoice::kApprove;
  };
  EXPECT_EQ(choice("abstain"), ports::PolicyChoice::kAbstain);
  EXPECT_EQ(choice("reject"), ports::PolicyChoice::kReject);
}

TEST_F(WindowPolicy, AbstainsWhereWaitingWouldNeverEnd) {
  const auto verdict =
      Ask(R"({"timezone": "UTC", "allow": [{"start": "2020-01-01"}]})", "2026-06-06T12:00:00Z");
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(verdict->choice, ports::PolicyChoice::kAbstain);
}

TEST_F(WindowPolicy, SaysEverythingThatIsWrongWithItsSettings) {
  const auto made = host_->MakePolicy("window", R"({
    "timezone": "Europe/Berln",
    "allow": [{"start": "2026-01-05T09:00"}, {"start": "2026-01-05", "rrule": "FREQ=DALY"}],
    "holidays": [{"date": "Christmas"}]})");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("Did you mean 'Europe/Berlin'?"));
  EXPECT_THAT(made.error().message, HasSubstr("/allow/0/start: expected an end or a duration"));
  EXPECT_THAT(made.error().message, HasSubstr("/allow/1/rrule: FREQ: expected one of"));
  EXPECT_THAT(made.error().message, HasSubstr("/holidays/0/date: expected a date"));
  for (const char* config : {"{}", R"({"timezone": "UTC", "allow": [{"ics": "x.ics"}]})",
                             R"({"timezone": "UTC", "outside": "approve"})"}) {
    EXPECT_FALSE(host_->CheckConfig(ports::PluginKind::kPolicy, "window", config).empty())
        << config;
  }
}

}  // namespace
}  // namespace gatewright::host
