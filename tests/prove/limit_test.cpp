// tests/prove/limit_test.cpp: a limit reached is "not proven", never "proven".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/prove/support.h"

namespace gatewright::proof::test {
namespace {

TEST(ProveLimit, TooManyStatesAreNotProven) {
  ProveOptions options;
  options.state_limit = 10;
  const Proof proof =
      ProofOf(WorkflowOf({Asks("QA", Gate({Leaf("qa", 3)})), Asks("Ops", Gate({Leaf("ops", 3)}))}),
              options);
  EXPECT_EQ(proof.Overall(false), Verdict::kNotProven);
  EXPECT_EQ(proof.Of(Property::kEnds).verdict, Verdict::kNotProven);
  EXPECT_EQ(proof.Of(Property::kGatesSatisfiable).verdict, Verdict::kNotProven);
  EXPECT_THAT(proof.Of(Property::kEnds).why_not_proven,
              ::testing::HasSubstr("the limit of 10 states was reached"));
  EXPECT_THAT(proof.limits, ::testing::SizeIs(1));
}

TEST(ProveLimit, NoTimeIsNotProven) {
  ProveOptions options;
  options.is_out_of_time = [] { return true; };
  std::vector<core::StageSpec> stages;
  for (int i = 0; i < 6; ++i) {
    stages.push_back(Asks("S" + std::to_string(i), Gate({Leaf("a", 4), Leaf("b", 4)})));
  }
  const Proof proof = ProofOf(WorkflowOf(stages), options);
  EXPECT_EQ(proof.Overall(false), Verdict::kNotProven);
  EXPECT_THAT(proof.limits, ::testing::Contains("the time was over"));
}

TEST(ProveLimit, WhatWasFoundBeforeTheLimitIsViolated) {
  core::StageSpec approve = Asks("Approve", Gate({Leaf("qa")}));
  approve.when_schema_json = "{}";
  ProveOptions options;
  options.state_limit = 5;
  const Proof proof =
      ProofOf(WorkflowOf({approve, Acts("Deploy", Action()), Asks("Ops", Gate({Leaf("ops", 3)}))}),
              options);
  EXPECT_EQ(proof.Of(Property::kGuarded).verdict, Verdict::kViolated);
  EXPECT_EQ(proof.Overall(true), Verdict::kViolated);
  EXPECT_EQ(proof.Overall(false), Verdict::kNotProven);
}

TEST(ProveLimit, TooManyCombinationsAreSaid) {
  std::vector<core::StageSpec> stages;
  for (int i = 0; i < 8; ++i) {
    stages.push_back(Asks("S" + std::to_string(i), Gate({Leaf("qa")})));
    stages.back().when_schema_json = "{}";
  }
  const Proof proof = ProofOf(WorkflowOf(stages));
  EXPECT_EQ(proof.Of(Property::kEnds).verdict, Verdict::kNotProven);
  EXPECT_THAT(proof.limits.front(), ::testing::HasSubstr("not every combination"));
}

}  // namespace
}  // namespace gatewright::proof::test
