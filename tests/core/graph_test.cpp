// tests/core/graph_test.cpp: a workflow and the life of a run as pictures.
#include "engine/core/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/transitions.h"
#include "tests/core/support/build.h"

namespace gatewright::core::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Graph, DeploymentAsMermaid) {
  EXPECT_EQ(DrawMermaid(EdgesOf(Deployment())), R"(stateDiagram-v2
  state "requested" as s_requested
  state "approved_by_QA" as s_approved_5fby_5fQA
  state "rejected" as s_rejected
  state "cancelled" as s_cancelled
  state "approved_by_devops" as s_approved_5fby_5fdevops
  state "executing Execute" as s_executing_20Execute
  state "executed" as s_executed
  state "failed" as s_failed
  [*] --> s_requested
  s_requested --> s_approved_5fby_5fQA: QA, 1 × qa
  s_requested --> s_rejected: reject
  s_requested --> s_cancelled: cancel
  s_approved_5fby_5fQA --> s_approved_5fby_5fdevops: DevOps, 1 × devops
  s_approved_5fby_5fQA --> s_rejected: reject
  s_approved_5fby_5fQA --> s_cancelled: cancel
  s_approved_5fby_5fdevops --> s_executing_20Execute: Execute, 1 × release
  s_approved_5fby_5fdevops --> s_rejected: reject
  s_approved_5fby_5fdevops --> s_cancelled: cancel
  s_executing_20Execute --> s_executed: command succeeded
  s_executing_20Execute --> s_failed: failed for good
  s_executing_20Execute --> s_cancelled: cancel
  s_rejected --> [*]
  s_cancelled --> [*]
  s_executed --> [*]
  s_failed --> [*]
)");
}

TEST(Graph, DeploymentAsDot) {
  EXPECT_EQ(DrawDot(EdgesOf(Deployment()), "deployment"), R"(digraph "deployment" {
  rankdir=LR;
  "requested" [shape=box];
  "approved_by_QA" [shape=box];
  "rejected" [shape=doublecircle];
  "cancelled" [shape=doublecircle];
  "approved_by_devops" [shape=box];
  "executing Execute" [shape=box];
  "executed" [shape=doublecircle];
  "failed" [shape=doublecircle];
  "requested" -> "approved_by_QA" [label="QA: 1 × qa"];
  "requested" -> "rejected" [label="reject"];
  "requested" -> "cancelled" [label="cancel"];
  "approved_by_QA" -> "approved_by_devops" [label="DevOps: 1 × devops"];
  "approved_by_QA" -> "rejected" [label="reject"];
  "approved_by_QA" -> "cancelled" [label="cancel"];
  "approved_by_devops" -> "executing Execute" [label="Execute: 1 × release"];
  "approved_by_devops" -> "rejected" [label="reject"];
  "approved_by_devops" -> "cancelled" [label="cancel"];
  "executing Execute" -> "executed" [label="command succeeded"];
  "executing Execute" -> "failed" [label="failed for good"];
  "executing Execute" -> "cancelled" [label="cancel"];
}
)");
}

TEST(Graph, SaysWhoMustAgreeInWords) {
  const Rule team = Any({Leaf("director"), All({Leaf("devops", 2), Leaf("security")})});
  const Workflow workflow =
      WorkflowOf({Asks("Ship", Gate({team, NOf(2, {Leaf("a"), Leaf("b"), Leaf("c")})}))});

  EXPECT_EQ(EdgesOf(workflow).front().label,
            "Ship: ((1 × director or (2 × devops and 1 × security)) and "
            "(2 of 1 × a, 1 × b, 1 × c))");
}

TEST(Graph, DrawsDeadlinesWhereTheyLead) {
  Workflow workflow = ThreeGates();
  workflow.stages[0].gate->deadline = DeadlineOf(std::chrono::hours{24}, OnTimeout::kExpire);
  workflow.stages[1].gate->deadline = DeadlineOf(std::chrono::hours{36}, OnTimeout::kReject);

  EXPECT_THAT(EdgesOf(workflow), Contains(GraphEdge{"requested", "expired", "after 1d"}));
  EXPECT_THAT(EdgesOf(workflow), Contains(GraphEdge{"approved_by_QA", "rejected", "after 1d12h"}));
}

TEST(Graph, ABlockedGateDoesNotLeadToRejected) {
  Workflow workflow = WorkflowOf({Asks("QA", Gate({Leaf("qa")}))});
  workflow.stages[0].gate->reject = {RejectKind::kBlock, 1};

  EXPECT_THAT(EdgesOf(workflow), Not(Contains(GraphEdge{"requested", "rejected", "reject"})));
}

TEST(Graph, ASkippableStageIsLeftOut) {
  Workflow workflow = ThreeGates();
  workflow.stages[1].when_schema_json = "{}";
  const auto edges = EdgesOf(workflow);

  EXPECT_THAT(edges, Contains(GraphEdge{"approved_by_QA", "approved_by_devops",
                                        "DevOps (when it applies): 1 × devops"}));
  EXPECT_THAT(edges, Contains(GraphEdge{"approved_by_QA", "executed", "Execute: 1 × release"}));
  EXPECT_THAT(edges, Contains(GraphEdge{"approved_by_devops", "executed", "Execute: 1 × release"}));
}

TEST(Graph, NamesCannotBreakOutOfTheirQuotes) {
  Workflow workflow = WorkflowOf({Asks("QA", Gate({Leaf("qa")}))});
  workflow.stages[0].done_state = R"(done"]; evil --> [*])";

  EXPECT_THAT(DrawDot(EdgesOf(workflow), "a\"b"), HasSubstr(R"("done']; evil --> [*]" [shape)"));
  EXPECT_THAT(DrawMermaid(EdgesOf(workflow)), Not(HasSubstr("evil --> [*]\n")));
}

TEST(Graph, TheLifeOfARunIsTheTransitionTable) {
  const auto edges = LifecycleEdges();

  EXPECT_EQ(edges.size(), kTransitions.size());
  EXPECT_EQ(edges.front(), (GraphEdge{"new", "waiting", "create: the first stage has a gate"}));
  EXPECT_THAT(edges, Contains(GraphEdge{"waiting", "cancelled", "cancel"}));
}

}  // namespace
}  // namespace gatewright::core::test
