// tests/codec/views_test.cpp: what callers are shown of runs, workflows, stops, delegations and
// locks: each row is a JSON pointer into the view and what stands there.
#include "engine/codec/views.h"

#include <gtest/gtest.h>

#include "engine/codec/json.h"
#include "tests/codec/filled.h"

namespace gatewright::codec {
namespace {

using Rows = std::vector<std::pair<std::string_view, std::string_view>>;

void ExpectRows(const std::string& view, const Rows& rows) {
  const auto document = ParseJson(view);
  ASSERT_TRUE(document.has_value()) << view << "\n" << document.error().message;
  for (const auto& [pointer, json] : rows) {
    boost::system::error_code error;
    const auto* value = document->find_pointer(pointer, error);
    EXPECT_EQ(value == nullptr ? "nothing" : ToJson(*value), json) << pointer << " in " << view;
  }
}

constexpr std::string_view kEpoch = R"("1970-01-01T00:00:00.000Z")";

core::Vote BobForAnn() {
  core::Vote vote;
  vote.voter = PrincipalId{"bob"};
  vote.on_behalf_of = PrincipalId{"ann"};
  vote.rules = {RuleId{"qa"}};
  vote.form_json = R"({"tested":true})";
  return vote;
}

core::Run RunAtGate() {
  core::Run run;
  run.id = RunId{7};
  run.version = Sequence{3};
  core::Stage& stage = run.stages.emplace_back();
  stage.name = StageName{"QA"};
  stage.state = core::StageState::kCurrent;
  stage.gate = core::Gate{};
  return run;
}

std::string View(const core::Run& run) {
  std::string out;
  AppendRun(out, run, nullptr);
  return out;
}

TEST(RunView, ShowsHowFarARunningAttemptSaysItIs) {
  core::Run run = RunAtGate();
  run.attempts.resize(2);
  run.attempts[0].state = core::AttemptState::kFailed;
  run.attempts[1].number = AttemptNumber{2};
  run.attempts[1].state = core::AttemptState::kStarted;
  std::string out;
  AppendRun(out, run, nullptr,
            {{AttemptNumber{1}, 90, "late", Time{}}, {AttemptNumber{2}, 40, "3 of 7", Time{}}});
  ExpectRows(out, {{"/attempts/0/progress", "null"},
                   {"/attempts/1/progress/percent", "40"},
                   {"/attempts/1/progress/text", R"("3 of 7")"},
                   {"/attempts/1/progress/at", R"("1970-01-01T00:00:00.000Z")"}});
  out.clear();
  AppendAttempt(out, run.attempts[1], {{AttemptNumber{2}, -1, "working", Time{}}});
  ExpectRows(out, {{"/progress/percent", "null"}});
}

TEST(RunView, HasEveryMemberAlsoWhenThereIsNothingToSay) {
  ExpectRows(View(RunAtGate()), {{"/holds", "[]"},
                                 {"/locks/state", R"("none")"},
                                 {"/locks/keys", "[]"},
                                 {"/locks/ticket", "null"},
                                 {"/locks/until", "null"},
                                 {"/overrides", "[]"},
                                 {"/review", "null"},
                                 {"/held_votes", "[]"},
                                 {"/not_before", "null"},
                                 {"/parent", "null"},
                                 {"/resubmit_of", "null"},
                                 {"/committers", "[]"},
                                 {"/stages/0/outdated_votes", "[]"},
                                 {"/stages/0/gate/reason", "null"},
                                 {"/stages/0/gate/overridden", "false"},
                                 {"/stages/0/gate/claimed_by", "null"},
                                 {"/stages/0/gate/reminders", "[]"},
                                 {"/stages/0/gate/reminded", "0"},
                                 {"/stages/0/gate/escalations", "[]"},
                                 {"/stages/0/gate/escalated", "0"},
                                 {"/stages/0/gate/eligible", "null"}});
}

TEST(RunView, ShowsTheGate) {
  core::Run run = RunAtGate();
  core::Gate& gate = *run.stages[0].gate;
  gate.epoch = Epoch{2};
  gate.reason = "the subject changed";
  gate.is_overridden = true;
  gate.claimed_by = PrincipalId{"ann"};
  gate.reminders = {Time{}};
  gate.reminded = 1;
  gate.escalations = {Time{}};
  gate.escalated = 1;
  gate.eligible = {{RuleId{"qa"}, {PrincipalId{"ann"}}}};
  gate.votes = {BobForAnn()};
  gate.votes[0].carried_reason = "only the text changed";
  run.stages[0].outdated = {{Epoch{1}, BobForAnn(), "the subject changed"}};
  ExpectRows(View(run), {{"/stages/0/gate/reason", R"("the subject changed")"},
                         {"/stages/0/gate/overridden", "true"},
                         {"/stages/0/gate/claimed_by", R"("ann")"},
                         {"/stages/0/gate/reminders/0", kEpoch},
                         {"/stages/0/gate/reminded", "1"},
                         {"/stages/0/gate/escalations/0", kEpoch},
                         {"/stages/0/gate/escalated", "1"},
                         {"/stages/0/gate/eligible", R"([{"rule":"qa","people":["ann"]}])"},
                         {"/stages/0/gate/votes/0/voter", R"("bob")"},
                         {"/stages/0/gate/votes/0/on_behalf_of", R"("ann")"},
                         {"/stages/0/gate/votes/0/form", R"({"tested":true})"},
                         {"/stages/0/gate/votes/0/carried_reason", R"("only the text changed")"},
                         {"/stages/0/outdated_votes/0/epoch", "1"},
                         {"/stages/0/outdated_votes/0/reason", R"("the subject changed")"},
                         {"/stages/0/outdated_votes/0/voter", R"("bob")"},
                         {"/stages/0/outdated_votes/0/carried_reason", "null"}});
}

TEST(RunView, ShowsWhatKeepsItsActionFromStarting) {
  core::Run run = RunAtGate();
  run.status = core::RunStatus::kBlocked;
  run.holds = {{core::HoldKind::kCalendar, "closed by 'year-end'", Time{}},
               {core::HoldKind::kStop, "stopped by carol", std::nullopt}};
  run.facts.lock_keys = {"env/production"};
  run.not_before = Time{};
  ExpectRows(View(run), {{"/status", R"("blocked")"},
                         {"/holds/0/kind", R"("calendar")"},
                         {"/holds/0/detail", R"("closed by 'year-end'")"},
                         {"/holds/0/until", kEpoch},
                         {"/holds/1/until", "null"},
                         {"/locks/state", R"("none")"},
                         {"/locks/keys", R"(["env/production"])"},
                         {"/not_before", kEpoch}});
  run.locks = {core::LockState::kQueued, {"env/production"}, 12, Time{}};
  ExpectRows(View(run), {{"/locks/state", R"("queued")"},
                         {"/locks/keys", R"(["env/production"])"},
                         {"/locks/ticket", "12"},
                         {"/locks/until", kEpoch}});
}

TEST(RunView, ShowsOverridesAndHeldVotesAndWhereItComesFrom) {
  core::Run run = RunAtGate();
  run.overrides = {{core::OverrideKind::kGate, StageName{"QA"}, PrincipalId{"carol"}, PrincipalId{},
                    "on fire", Time{}, false}};
  run.review = core::ReviewOpened{core::RunOutcome::kSucceeded, "executed", ""};
  run.held_votes = {{StageName{"Execute"}, BobForAnn(), "abc"}};
  run.parent = RunId{1};
  run.resubmit_of = RunId{2};
  run.facts.committers = {PrincipalId{"dave"}};
  ExpectRows(View(run), {{"/overrides/0/kind", R"("gate")"},
                         {"/overrides/0/stage", R"("QA")"},
                         {"/overrides/0/by", R"("carol")"},
                         {"/overrides/0/second", "null"},
                         {"/overrides/0/reason", R"("on fire")"},
                         {"/overrides/0/expires_at", kEpoch},
                         {"/overrides/0/granted", "false"},
                         {"/review/outcome", R"("succeeded")"},
                         {"/review/state", R"("executed")"},
                         {"/review/reason", "null"},
                         {"/held_votes/0/stage", R"("Execute")"},
                         {"/held_votes/0/subject_digest", R"("abc")"},
                         {"/held_votes/0/voter", R"("bob")"},
                         {"/parent", "1"},
                         {"/resubmit_of", "2"},
                         {"/committers", R"(["dave"])"}});
}

TEST(RunView, IsJsonWhateverTheRunHolds) {
  ExpectRows(View(Filled<core::Run>()), {{"/stages/1/outdated_votes/1/shadow", "true"}});
}

TEST(RunView, EveryStatusHasItsWordAndItsActions) {
  for (std::size_t i = 1; i <= core::kRunStatuses; ++i) {
    core::Run run = RunAtGate();
    run.status = static_cast<core::RunStatus>(i);
    const auto view = ParseJson(View(run));
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(core::ParseRunStatus(view->at("status").as_string()), run.status);
    EXPECT_TRUE(view->at("allowed_actions").is_array());
  }
}

using std::chrono::hours;

std::string View(const core::Workflow& workflow) {
  std::string out;
  AppendWorkflow(out, workflow, {}, {});
  return out;
}

core::Workflow OneGate() {
  core::Workflow workflow;
  workflow.stages.emplace_back().gate = core::GateSpec{};
  workflow.stages[0].gate->rules.kind = core::RuleKind::kAll;
  workflow.stages[0].gate->rules.children = {core::Rule{}};
  return workflow;
}

TEST(WorkflowView, HasEveryMemberAlsoWhenThereIsNothingToSay) {
  ExpectRows(View(OneGate()),
             {{"/lock", "null"},
              {"/calendar", "null"},
              {"/override", "null"},
              {"/committers", R"("/committers")"},
              {"/stages/0/wait", R"("0s")"},
              {"/stages/0/gate/rules/all/0/need", "1"},
              {"/stages/0/gate/deadline", "null"},
              {"/stages/0/gate/form", "null"},
              {"/stages/0/gate/votes", R"({"ttl":null,"reuse":null,"on_subject_change":"reset",)"
                                       R"("early_votes":"refuse","digest_required":false})"}});
}

TEST(WorkflowView, ShowsTheGate) {
  core::Workflow workflow = OneGate();
  core::GateSpec& gate = *workflow.stages[0].gate;
  gate.rules.children[0].needs_all = true;
  gate.rules.children[0].separation = core::SeparationOfDuties{false, false, true, false};
  gate.separation = {true, true, true, true};
  gate.form_schema_json = R"({"type":"object"})";
  gate.votes = {hours{168}, hours{1}, core::OnSubjectChange::kKeepIf, {}, "old == new", true, true};
  gate.deadline = core::Deadline{hours{24},
                                 "business-hours",
                                 core::OnTimeout::kEscalate,
                                 {hours{4}, hours{1}},
                                 {{hours{8}, {"role", R"({"role":"lead"})"}, {RuleId{"qa"}}}}};
  ExpectRows(View(workflow),
             {{"/stages/0/gate/rules/all/0/need", R"("all")"},
              {"/stages/0/gate/rules/all/0/separation_of_duties", R"(["committers"])"},
              {"/stages/0/gate/separation_of_duties",
               R"(["requester","previous_voters","committers","same_team"])"},
              {"/stages/0/gate/form", R"({"type":"object"})"},
              {"/stages/0/gate/votes",
               R"({"ttl":"1w","reuse":"1h","on_subject_change":{"keep_if":"old == new"},)"
               R"("early_votes":"hold","digest_required":true})"},
              {"/stages/0/gate/deadline",
               R"({"after":"1d","clock":"business-hours","on_timeout":"escalate",)"
               R"("remind":["4h","1h"],"escalate":[{"after":"8h","add":{"plugin":"role",)"
               R"("with":{"role":"lead"}},"rules":["qa"]}]})"}});
  gate.votes.on_subject_change = core::OnSubjectChange::kResetFrom;
  gate.votes.reset_from = StageName{"QA"};
  gate.deadline->on_timeout = core::OnTimeout::kApprove;
  ExpectRows(View(workflow), {{"/stages/0/gate/votes/on_subject_change", R"({"reset_from":"QA"})"},
                              {"/stages/0/gate/deadline/on_timeout", R"("approve")"}});
}

TEST(WorkflowView, ShowsWhatItsActionsWaitForAndWhoMayPassIt) {
  core::Workflow workflow = OneGate();
  workflow.stages[0].wait = hours{2};
  workflow.lock = {{"env/${subject.environment}"},
                   core::LockAcquire::kBeforeGate,
                   core::LockMode::kParallel,
                   3,
                   hours{1}};
  workflow.calendar = {"business-hours", std::chrono::minutes{30}};
  workflow.overriding = {{"role", R"({"role":"lead"})"}, true, hours{1}, core::GateSpec{}};
  ExpectRows(View(workflow),
             {{"/stages/0/wait", R"("2h")"},
              {"/lock", R"({"keys":["env/${subject.environment}"],"acquire":"before_gate",)"
                        R"("mode":"parallel","limit":3,"ttl":"1h"})"},
              {"/calendar", R"({"name":"business-hours","min_runway":"30m"})"},
              {"/override/from", R"({"plugin":"role","with":{"role":"lead"}})"},
              {"/override/second_person", "true"},
              {"/override/expires", R"("1h")"},
              {"/override/review/reject", R"("veto")"}});
}

TEST(SiteView, ShowsAStop) {
  core::Stop stop{3, {}, "on fire", PrincipalId{"carol"}, Time{}, std::nullopt};
  std::string out;
  AppendStop(out, stop);
  EXPECT_EQ(out,
            R"({"id":3,"workflow":null,"stage":null,"labels":{},"lock_key":null,)"
            R"("reason":"on fire","by":"carol","since":"1970-01-01T00:00:00.000Z","until":null})");
}

TEST(SiteView, ShowsADelegation) {
  core::Delegation delegation;
  delegation.id = 4;
  delegation.from = PrincipalId{"ann"};
  delegation.to = PrincipalId{"bob"};
  delegation.scope.workflow = WorkflowName{"deployment"};
  delegation.scope.labels = {{"team", "platform"}};
  std::string out;
  AppendDelegation(out, delegation);
  ExpectRows(out, {{"/from", R"("ann")"},
                   {"/to", R"("bob")"},
                   {"/workflow", R"("deployment")"},
                   {"/labels", R"({"team":"platform"})"},
                   {"/valid_until", kEpoch}});
}

TEST(SiteView, ShowsWhoHoldsALockAndWhoWaits) {
  std::string out;
  AppendLock(out, "env/production",
             {{RunId{1}, 5, true, core::LockMode::kFifo, 1, Time{}},
              {RunId{2}, 6, false, core::LockMode::kFifo, 1, Time{}}});
  ExpectRows(out, {{"/key", R"("env/production")"},
                   {"/holders/0/run_id", "1"},
                   {"/holders/1", "nothing"},
                   {"/queue/0/run_id", "2"},
                   {"/queue/0/ticket", "6"},
                   {"/queue/0/mode", R"("fifo")"}});
}

}  // namespace
}  // namespace gatewright::codec
