// tests/explain/document_test.cpp: docs/explain.md names every word an explanation may hold, and
// its sample is what the engine writes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/codec/json.h"
#include "engine/codec/views.h"
#include "tests/core/support/build.h"
#include "tests/explain/scene.h"

namespace gatewright::core::test {
namespace {

std::string Document() {
  std::ifstream file("docs/explain.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <class Word>
void ExpectAll(const std::string& document, std::size_t count) {
  for (std::size_t i = 1; i <= count; ++i) {
    const auto word = ToString(static_cast<Word>(i));
    EXPECT_NE(document.find("`" + std::string(word)), std::string::npos)
        << "docs/explain.md does not name '" << word << "'";
  }
}

TEST(ExplainDocument, EveryStableWordIsThere) {
  const std::string document = Document();
  ASSERT_FALSE(document.empty()) << "run from the root of the repository";
  ExpectAll<WaitKind>(document, kWaitKinds);
  ExpectAll<ReasonCode>(document, kReasonCodes);
  ExpectAll<StepKind>(document, kStepKinds);
  ExpectAll<NodeState>(document, kNodeStates);
}

// The run of the page: QA needs two, alice has approved, carol asks what she could do.
Scene Sample() {
  GateSpec gate = Gate({Leaf("qa", 2)});
  gate.separation.excludes_requester = true;
  gate.deadline = Deadline{};
  gate.deadline->after = std::chrono::hours{8};
  Workflow workflow = WorkflowOf({Acts("Deploy", Action(), gate)});
  workflow.lock = LockSpec{};
  workflow.lock->keys = {"env/prod"};
  Scene scene(workflow);
  scene.subject.lock_keys = {"env/prod"};
  scene.Others(RunId{7}, {"env/prod"}, true);
  scene.Create("dev");
  scene.List({{RuleId{"qa"}, People({"alice", "bob", "carol", "dev"})}});
  scene.Vote("alice", Choice::kApprove, {"qa"});
  return scene;
}

TEST(ExplainDocument, TheSampleIsWhatTheEngineWrites) {
  const Scene scene = Sample();
  std::string written;
  codec::AppendExplanation(written, scene.Why(scene.By("carol", {"qa"})));
  const std::string document = Document();
  const auto begin = document.find("```json\n");
  ASSERT_NE(begin, std::string::npos);
  const auto end = document.find("```", begin + 8);
  const auto shown = codec::ParseJson(document.substr(begin + 8, end - begin - 8));
  ASSERT_TRUE(shown) << shown.error().message;
  const auto expected = codec::ParseJson(written);
  ASSERT_TRUE(expected) << expected.error().message;
  EXPECT_EQ(codec::CanonicalJson(*shown), codec::CanonicalJson(*expected));
}

}  // namespace
}  // namespace gatewright::core::test
