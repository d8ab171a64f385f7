// The plugins that come with the engine, through the host, as a workflow uses them.
#include <gmock/gmock.h>

#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

using ports::PluginKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct Sink final : ports::AttemptSink {
  void Output(std::string_view bytes) override { output += bytes; }
  void Progress(int, std::string_view) override {}
  std::string output;
};

class OurPlugins : public testing::Test {
 protected:
  ports::Eligibility Ask(const std::string& approver, const std::string& config,
                         const core::Principal& principal) {
    const auto made = host_->MakeApprover(approver, config);
    if (!made) return {false, made.error().message};
    const auto answer = (*made)->Check(SomeContext(), principal, kLimit);
    return answer ? *answer : ports::Eligibility{false, answer.error().message};
  }

  Result<ports::AttemptReport> RunNoop(const std::string& config, Duration limit = kLimit) {
    GW_TRY(noop, host_->MakeExecutor("noop", config));
    return noop->Start({SomeContext(), "a-1"}, sink_, limit, cancelled_);
  }

  Result<ports::PolicyVerdict> Match(const std::string& config, std::string_view subject) {
    GW_TRY(match, host_->MakePolicy("match", config));
    ports::Context context = SomeContext();
    context.subject_json = subject;
    return match->Evaluate(context, kLimit);
  }

  std::unique_ptr<PluginHost> host_ = LoadOurs();
  Sink sink_;
  std::atomic<bool> cancelled_{false};
};

core::Principal Bob() {
  core::Principal bob;
  bob.id = PrincipalId("bob");
  bob.roles = {"dev", "qa"};
  bob.groups = {"sre"};
  return bob;
}

core::Principal Everybody() {
  core::Principal everybody;
  everybody.is_everybody = true;
  return everybody;
}

TEST_F(OurPlugins, AreAllHealthy) {
  for (const auto& plugin : host_->List()) {
    EXPECT_EQ(plugin.health, ports::PluginHealth::kOk) << plugin.problem;
  }
  EXPECT_THAT(host_->Names(PluginKind::kApprover), ElementsAre("expr", "group", "role", "user"));
  EXPECT_THAT(host_->Names(PluginKind::kPolicy),
              ElementsAre("expr", "http", "match", "quiet-history", "window"));
  EXPECT_THAT(host_->Names(PluginKind::kExecutor),
              ElementsAre("assistants", "command", "http", "kubernetes", "noop"));
  EXPECT_THAT(host_->Names(PluginKind::kNotifier), ElementsAre("log", "slack", "smtp", "webhook"));
}

TEST_F(OurPlugins, RoleIsForWhoHoldsIt) {
  const auto held = Ask("role", R"({"role": "qa"})", Bob());
  EXPECT_TRUE(held.is_eligible);
  EXPECT_EQ(held.reason, "holds role 'qa'");
  const auto missing = Ask("role", R"({"role": "devops"})", Bob());
  EXPECT_FALSE(missing.is_eligible);
  EXPECT_EQ(missing.reason, "needs role 'devops'");
  EXPECT_TRUE(Ask("role", R"({"role": ["devops", "qa"]})", Bob()).is_eligible);
  EXPECT_EQ(Ask("role", R"({"role": ["devops", "ops"]})", Bob()).reason,
            "needs one of the roles 'devops', 'ops'");
  EXPECT_TRUE(Ask("role", R"({"role": "devops"})", Everybody()).is_eligible);
}

TEST_F(OurPlugins, GroupIsForWhoBelongsToIt) {
  EXPECT_TRUE(Ask("group", R"({"group": ["ops", "sre"]})", Bob()).is_eligible);
  EXPECT_EQ(Ask("group", R"({"group": "qa"})", Bob()).reason, "must belong to group 'qa'");
  EXPECT_TRUE(Ask("group", R"({"group": "qa"})", Everybody()).is_eligible);
}

TEST_F(OurPlugins, UserIsForWhoIsNamed) {
  EXPECT_TRUE(Ask("user", R"({"user": ["ann", "bob"]})", Bob()).is_eligible);
  EXPECT_EQ(Ask("user", R"({"user": ["ann", "cyd"]})", Bob()).reason,
            "must be one of the users 'ann', 'cyd'");
  EXPECT_TRUE(Ask("user", R"({"user": "ann"})", Everybody()).is_eligible);
}

TEST_F(OurPlugins, ExprIsForWhomItIsTrue) {
  const auto ask = [&](const std::string& expression, const core::Principal& person = Bob()) {
    return Ask("expr", R"({"expr": ")" + expression + R"("})", person);
  };
  EXPECT_TRUE(ask("'qa' in person.roles && 'sre' in person.groups").is_eligible);
  EXPECT_TRUE(ask("person.id != run.requester && stage.name == 'QA'").is_eligible);
  const auto not_he = ask("'ops' in person.roles");
  EXPECT_FALSE(not_he.is_eligible);
  EXPECT_EQ(not_he.reason, "needs 'ops' in person.roles");
  const auto no_value = ask("subject.team in person.groups");
  EXPECT_FALSE(no_value.is_eligible);
  EXPECT_THAT(no_value.reason, StartsWith("the expression has no value: "));
  EXPECT_TRUE(ask("person.kind == 'service'", Everybody()).is_eligible);
  for (const char* config : {R"({"expr": "person.rols"})", R"({"expr": "person.id"})", "{}"}) {
    EXPECT_FALSE(host_->CheckConfig(PluginKind::kApprover, "expr", config).empty()) << config;
  }
}

TEST_F(OurPlugins, ApproversRefuseAConfigThatNamesNobody) {
  for (const char* config : {"{}", R"({"role": ""})", R"({"role": []})", R"({"role": 1})",
                             R"({"roles": ["qa"]})", R"({"role": "qa", "need": 1})", "[]"}) {
    EXPECT_FALSE(host_->CheckConfig(PluginKind::kApprover, "role", config).empty()) << config;
  }
}

constexpr char kStaging[] =
    R"({"schema": {"required": ["environment"], "properties": {"environment": {"const": "staging"}}}})";

TEST_F(OurPlugins, MatchApprovesWhatItsSchemaDescribes) {
  const auto verdict = Match(kStaging, R"({"environment": "staging"})");
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(verdict->choice, ports::PolicyChoice::kApprove);
  EXPECT_EQ(verdict->evidence_json, R"({"matches":true})");
}

TEST_F(OurPlugins, MatchAbstainsOtherwiseAndSaysWhy) {
  const auto verdict = Match(kStaging, R"({"environment": "production"})");
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(verdict->choice, ports::PolicyChoice::kAbstain);
  EXPECT_THAT(verdict->reason, StartsWith("the subject does not match: /environment: "));
  EXPECT_THAT(verdict->evidence_json,
              StartsWith(R"({"matches":false,"problems":[{"pointer":"/environment",)"));
}

TEST_F(OurPlugins, MatchMayRejectInstead) {
  const auto verdict = Match(R"({"schema": false, "otherwise": "reject"})", "{}");
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(verdict->choice, ports::PolicyChoice::kReject);
}

TEST_F(OurPlugins, MatchNeedsARealSchema) {
  const auto verdict = Match(R"({"schema": {"type": "strng"}})", "{}");
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(verdict.error().message, HasSubstr("strng"));
}

TEST_F(OurPlugins, NoopSucceedsAndSaysSo) {
  const auto report = RunNoop(R"({"message": "deployed by hand"})");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->outcome, ports::AttemptOutcome::kSucceeded);
  EXPECT_EQ(report->summary, "deployed by hand");
  EXPECT_EQ(sink_.output, "deployed by hand\n");
}

TEST_F(OurPlugins, NoopFailsOnDemand) {
  EXPECT_EQ(RunNoop(R"({"fail": "transient"})")->outcome, ports::AttemptOutcome::kFailedTransient);
  EXPECT_EQ(RunNoop(R"({"fail": "permanent"})")->outcome, ports::AttemptOutcome::kFailedPermanent);
}

TEST_F(OurPlugins, NoopStopsWhenCancelledOrLate) {
  const auto late = RunNoop(R"({"sleep_ms": 60000})", std::chrono::milliseconds{5});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
  cancelled_ = true;
  const auto cancelled = RunNoop(R"({"sleep_ms": 60000})");
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(RunNoop(R"({"sleep_ms": 1, "cancellable": false})"));
}

TEST_F(OurPlugins, LogWritesOneLinePerEvent) {
  LogLines log;
  PluginFolder folder;
  folder.Add(OUR_PLUGINS "/log.so");
  PluginHostOptions options;
  options.folder = folder.path();
  options.log = std::ref(log);
  const auto host = MustLoad(std::move(options));
  const auto notifier = host->MakeNotifier("log", R"({"level": "warning"})");
  ASSERT_TRUE(notifier) << notifier.error().message;
  EXPECT_TRUE((*notifier)->Deliver("e-1", "run.finished", "{\n\"run\":1}", kLimit));
  EXPECT_THAT(log.lines, ElementsAre(R"(3 log: run.finished e-1 {\n"run":1})"));
}

}  // namespace
}  // namespace gatewright::host
