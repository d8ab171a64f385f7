// What locks, calendars, overrides, waits, forms, escalation, rules about votes and named policies
// become.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/definition/calendar_names.h"
#include "tests/definition/one_mistake.h"

namespace gatewright::definition {
namespace {

using namespace std::chrono_literals;

core::Workflow Only(std::string_view text) {
  const testing::FakePlugins plugins;
  LoadResult result = LoadWorkflows(text, "w.yaml", plugins);
  EXPECT_EQ(Mistakes(text), "");
  return result.workflows.size() == 1 ? result.workflows[0].workflow : core::Workflow();
}

// A workflow with this in its spec, and a stage S whose gate has this besides its rule r.
core::Workflow With(std::string_view spec, std::string_view gate = "") {
  return Only(fmt::format(R"(
apiVersion: gatewright/v1
kind: Workflow
metadata: {{name: w}}
spec:
  {}
  stages:
    - name: S
      doneState: s
      gate: {{rules: [{{id: r, from: {{role: r}}}}]{}}}
)",
                          spec, gate));
}

core::GateSpec Gate(const std::string& keys) {
  const core::Workflow workflow = With("initialState: requested", ", " + keys);
  return workflow.stages.empty() ? core::GateSpec() : workflow.stages[0].gate.value();
}

core::GateSpec GateOfRules(std::string_view rules) {
  const core::Workflow workflow = Only(fmt::format(R"(
apiVersion: gatewright/v1
kind: Workflow
metadata: {{name: w}}
spec:
  stages: [{{name: S, doneState: s, gate: {{rules: [{}]}}}}]
)",
                                                   rules));
  return workflow.stages.empty() ? core::GateSpec() : workflow.stages[0].gate.value();
}

TEST(Capabilities, ALockHasOneKeyAndEveryDefault) {
  core::LockSpec lock;
  lock.keys = {"env/${subject.environment}"};
  EXPECT_EQ(With("lock: {key: 'env/${subject.environment}'}").lock, lock);
}

TEST(Capabilities, ALockWithEverything) {
  core::LockSpec lock;
  lock.keys = {"a/${run.requester}", "b"};
  lock.acquire = core::LockAcquire::kBeforeGate;
  lock.mode = core::LockMode::kParallel;
  lock.limit = 3;
  lock.ttl = 2h;
  EXPECT_EQ(With("lock: {keys: ['a/${run.requester}', b], acquire: before_gate, mode: parallel, "
                 "limit: 3, ttl: 2h}")
                .lock,
            lock);
}

TEST(Capabilities, ACalendarIsANameOrANameAndARunway) {
  EXPECT_EQ(With("calendar: business-hours").calendar, (core::CalendarUse{"business-hours", 0s}));
  EXPECT_EQ(With("calendar: {name: business-hours, minRunway: 20m}").calendar,
            (core::CalendarUse{"business-hours", 20min}));
}

TEST(Capabilities, CommittersAreWhereTheSubjectSaysSo) {
  EXPECT_EQ(With("initialState: requested").committers_pointer, "/committers");
  EXPECT_EQ(With("committers: /commits/authors").committers_pointer, "/commits/authors");
}

TEST(Capabilities, AnOverrideOpensAReview) {
  const core::Workflow workflow = With(
      "override: {from: {role: commander}, secondPerson: true, expires: 30m, "
      "review: {rules: [{id: lead, from: {role: lead}}], within: 24h}}");
  ASSERT_TRUE(workflow.overriding);
  EXPECT_EQ(workflow.overriding->from, (core::PluginUse{"role", R"({"role":"commander"})"}));
  EXPECT_TRUE(workflow.overriding->needs_second);
  EXPECT_EQ(workflow.overriding->expires, 30min);
  ASSERT_TRUE(workflow.review);
  EXPECT_EQ(workflow.review->name.value, core::kReviewStage);
  EXPECT_EQ(workflow.review->gate, workflow.overriding->review);
  core::Deadline within;
  within.after = 24h;
  within.on_timeout = core::OnTimeout::kEscalate;
  EXPECT_EQ(workflow.review->gate->deadline, within);
}

TEST(Capabilities, AnOverrideMayHaveNoReview) {
  const core::Workflow workflow = With("override: {from: {role: commander}}");
  EXPECT_FALSE(workflow.review);
  EXPECT_FALSE(workflow.overriding->needs_second);
  EXPECT_EQ(workflow.overriding->expires, 1h);
}

TEST(Capabilities, ARuleMayAskForEverybodyAndHaveItsOwnSeparationOfDuties) {
  const core::GateSpec gate = GateOfRules(
      "{id: a, from: {group: sre}, need: all}, {id: b, from: {role: b}, separationOfDuties: []}, "
      "{id: c, from: {role: c}, separationOfDuties: [committers, same_team]}");
  EXPECT_TRUE(gate.rules.children.at(0).needs_all);
  EXPECT_FALSE(gate.rules.children.at(0).separation);
  EXPECT_FALSE(gate.rules.children.at(1).needs_all);
  EXPECT_EQ(gate.rules.children.at(1).separation, core::SeparationOfDuties());
  EXPECT_EQ(gate.rules.children.at(2).separation,
            (core::SeparationOfDuties{false, false, true, true}));
}

TEST(Capabilities, ADeadlineWithEverything) {
  core::Deadline deadline;
  deadline.after = 24h;
  deadline.clock = "business-hours";
  deadline.on_timeout = core::OnTimeout::kEscalate;
  deadline.reminders = {4h, 1h};
  deadline.levels = {{8h, {"role", R"({"role":"lead"})"}, {RuleId("r")}},
                     {12h, {"group", R"({"group":"heads"})"}, {}}};
  EXPECT_EQ(Gate("deadline: {after: 24h, clock: business-hours, remind: [4h, 1h], onTimeout: "
                 "escalate, escalate: [{after: 8h, add: {role: lead}, rules: [r]}, {after: 12h, "
                 "add: {group: heads}}]}")
                .deadline,
            deadline);
}

TEST(Capabilities, TimeMayApproveWhenTheFileSaysSoTwice) {
  EXPECT_EQ(Gate("deadline: {after: 1h, onTimeout: approve, allowAutoTimeout: true}")
                .deadline->on_timeout,
            core::OnTimeout::kApprove);
}

TEST(Capabilities, RulesAboutVotes) {
  core::VoteRules votes;
  EXPECT_EQ(Gate("votes: {}").votes, votes);
  EXPECT_EQ(Gate("votes: {onSubjectChange: reset, earlyVotes: refuse}").votes, votes);
  votes.ttl = 24h * 7;
  votes.reuse_within = 2h;
  votes.on_subject_change = core::OnSubjectChange::kResetFrom;
  votes.reset_from = StageName("S");
  votes.holds_early = true;
  votes.needs_digest = true;
  EXPECT_EQ(Gate("votes: {ttl: 7d, reuse: 2h, onSubjectChange: {resetFrom: S}, earlyVotes: hold, "
                 "requireDigest: true}")
                .votes,
            votes);
  const core::VoteRules kept =
      Gate("votes: {onSubjectChange: {keepIf: 'old.version == new.version'}}").votes;
  EXPECT_EQ(kept.on_subject_change, core::OnSubjectChange::kKeepIf);
  EXPECT_EQ(kept.keep_if, "old.version == new.version");
}

TEST(Capabilities, AFormIsAvailableToLaterStages) {
  const core::Workflow workflow = Only(R"(
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: w}
spec:
  stages:
    - name: QA
      doneState: tested
      gate:
        rules: [{id: qa, from: {role: qa}}]
        form: {type: object, properties: {ticket: {type: string}, risk: {type: object}}}
    - name: Run
      doneState: ran
      gate: none
      wait: 30m
      action: {plugin: command, with: {argv: [x, "${stages.QA.form.ticket}", "${stages.QA.form.risk.level}"]}}
)");
  EXPECT_EQ(
      workflow.stages.at(0).gate->form_schema_json,
      R"({"type":"object","properties":{"ticket":{"type":"string"},"risk":{"type":"object"}}})");
  EXPECT_EQ(workflow.stages.at(1).wait, 30min);
}

TEST(Capabilities, ANamedPolicyIsPutInWhereItIsNamed) {
  const core::Workflow workflow = Only(R"(
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: w}
spec:
  stages:
    - name: S
      doneState: s
      gate:
        rules: [{id: r, from: {role: r}}]
        auto: [{policy: small, fills: [r]}, {policy: small, id: other, fills: [], shadow: true}]
---
apiVersion: gatewright/v1
kind: Policy
metadata: {name: small}
spec: {plugin: match, with: {schema: true}}
)");
  const core::PluginUse use{"match", R"({"schema":true})"};
  EXPECT_EQ(workflow.stages.at(0).gate->auto_voters,
            (std::vector<core::AutoVoter>{{"small", use, {RuleId("r")}, false},
                                          {"other", use, {}, true}}));
}

TEST(Capabilities, TheCalendarsOfAWorkflowAreThoseItNamesAnywhere) {
  EXPECT_EQ(CalendarNames(With("initialState: requested")), std::set<std::string>());
  EXPECT_EQ(
      CalendarNames(With("calendar: trading\n  override: {from: {role: x}, review: {rules: [" RULE
                         "], deadline: {after: 1h, clock: nights}}}",
                         ", deadline: {after: 1h, clock: office}")),
      (std::set<std::string>{"nights", "office", "trading"}));
}

TEST(Capabilities, WhatWasPublishedOnceIsReadThoughItWouldNotBePublishedNow) {
  std::string rules = "{nOf: 1, of: [";
  for (int i = 0; i < 17; ++i) rules += fmt::format("{{id: r{}, from: {{role: r}}}}, ", i);
  rules += "]}, {id: x, from: {user: [ann]}, need: 2}";
  const std::string file = fmt::format(
      "apiVersion: gatewright/v1\nkind: Workflow\nmetadata: {{name: w}}\n"
      "spec: {{stages: [{{name: S, doneState: s, gate: {{rules: [{}]}}}}]}}\n",
      rules);
  const testing::FakePlugins plugins;
  EXPECT_FALSE(LoadWorkflows(file, "w.yaml", plugins).ok());
  EXPECT_EQ(LoadStored(file, "(stored)", plugins).workflows.size(), 1u);
}

// ---- gates that look impossible and are not ----

class Possible : public ::testing::TestWithParam<const char*> {};

TEST_P(Possible, IsNoMistake) { GateOfRules(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Gates, Possible,
    ::testing::Values("{id: a, from: {user: [ann, bob]}, need: 2}",
                      "{id: a, from: {user: [ann, bob]}}, {id: b, from: {user: bob}}",
                      "{id: a, from: {role: a}, need: 1000}",
                      "{any: [{id: a, from: {user: ann}, need: 2}, {id: b, from: {role: b}}]}",
                      "{nOf: 1, of: [{id: a, from: {user: ann}}, {id: b, from: {user: ann}}]}",
                      "{id: a, from: {user: [ann, bob]}, need: all}, {id: b, from: {user: ann}}"));

TEST(Impossible, WhatEscalationOrAPolicyAddsCounts) {
  const std::string gate = "gate: {rules: [{id: r, from: {user: ann}, need: 2}], ";
  const auto mistakes = [&](const std::string& rest) {
    return MistakesOf({"stage", ("{name: S, doneState: s, " + gate + rest + "}}").c_str(), ""});
  };
  EXPECT_NE(mistakes("distinct: true"), "");
  EXPECT_EQ(mistakes("deadline: {after: 2h, escalate: [{after: 1h, add: {role: x}}]}"), "");
  EXPECT_EQ(mistakes("auto: [{id: a, plugin: scripted, fills: [r]}]"), "");
  EXPECT_NE(mistakes("auto: [{id: a, plugin: scripted, fills: [r], shadow: true}]"), "");
}

TEST(Impossible, DistinctFalseLetsOnePersonFillTwoRules) {
  Only(R"(
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: w}
spec:
  stages:
    - name: S
      doneState: s
      gate: {rules: [{id: a, from: {user: ann}}, {id: b, from: {user: ann}}], distinct: false}
)");
}

}  // namespace
}  // namespace gatewright::definition
