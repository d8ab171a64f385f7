// tests/prove/big_test.cpp: eight stages, each with something of its own.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/prove/support.h"

namespace gatewright::proof::test {
namespace {

TEST(ProveBig, EightStagesAreProven) {
  std::vector<core::StageSpec> stages;
  for (int i = 1; i <= 8; ++i) {
    core::GateSpec gate =
        Gate({Any({Leaf(fmt::format("team-{}", i), 2), Leaf("lead")}), Leaf("owner")});
    gate.separation.excludes_requester = true;
    if (i % 2 == 0) {
      gate.deadline = core::Deadline{std::chrono::hours{8}, "", core::OnTimeout::kExpire, {}, {}};
    }
    if (i == 3) gate.auto_voters.push_back({"small", {"match", "{}"}, {RuleId{"lead"}}, false});
    core::StageSpec stage = Asks(fmt::format("Stage{}", i), gate);
    if (i == 5) stage.when_schema_json = "{}";
    if (i == 8) stage.action = RetriedAction(3);
    stages.push_back(std::move(stage));
  }
  const Proof proof = ProofOf(WorkflowOf(stages));
  EXPECT_EQ(proof.Overall(false), Verdict::kProven);
  EXPECT_TRUE(proof.limits.empty());
  EXPECT_GT(proof.states, 100U);
  RecordProperty("states", static_cast<int>(proof.states));
}

}  // namespace
}  // namespace gatewright::proof::test
