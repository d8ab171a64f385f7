// The trace says what the parts of an expression came to, and stays small enough to be stored.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/cel/limits.h"
#include "tests/cel/evaluate.h"

namespace gatewright::cel {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> TraceOf(std::string_view text, const Bindings& bindings) {
  const auto program = Compile(text, {}, {.checks_types = false});
  if (!program) return {program.error().message};
  std::vector<std::string> lines;
  for (const auto& entry : program->Run(bindings, {.has_trace = true}).trace) {
    lines.push_back(entry.expression + " = " + entry.value);
  }
  return lines;
}

Bindings Subject() {
  return Bindings().Set(
      "subject",
      Value::Object({{"amount", Value::Int(70)},
                     {"tags", Value::ListOf({Value::String("a"), Value::String("b")})}}));
}

TEST(Trace, ShowsPathsCallsAndComparisonsFromTheInsideOut) {
  EXPECT_THAT(TraceOf("subject.amount < 100 && size(subject.tags) == 2", Subject()),
              ElementsAre("subject.amount = 70", "subject.amount < 100 = true",
                          "subject.tags = [\"a\", \"b\"]", "size(subject.tags) = 2",
                          "size(subject.tags) == 2 = true"));
}

TEST(Trace, LeavesOutWhatWasNotEvaluated) {
  EXPECT_THAT(TraceOf("subject.amount > 100 && subject.tags == []", Subject()),
              ElementsAre("subject.amount = 70", "subject.amount > 100 = false"));
}

TEST(Trace, ShowsErrorsThatLogicPassedOver) {
  EXPECT_THAT(TraceOf("subject.owner == 'x' || true", Subject()),
              ElementsAre("subject.owner = error: 1:9: no such key: \"owner\"; has(subject.owner) "
                          "tells beforehand",
                          "subject.owner == 'x' = error: 1:9: no such key: \"owner\"; "
                          "has(subject.owner) tells beforehand"));
}

TEST(Trace, ShowsEachStepOfAMacro) {
  EXPECT_THAT(
      TraceOf("subject.tags.exists(t, t == 'b')", Subject()),
      ElementsAre("subject.tags = [\"a\", \"b\"]", "t = \"a\"", "t == 'b' = false", "t = \"b\"",
                  "t == 'b' = true", "subject.tags.exists(t, t == 'b') = true"));
}

TEST(Trace, IsOnlyKeptWhenAskedFor) { EXPECT_TRUE(Compile("1 + 1", {})->Run({}).trace.empty()); }

TEST(Trace, IsBounded) {
  const std::string text(5'000, 'x');
  const auto bindings =
      Bindings().Set("l", Value::ListOf(Value::List(500, Value::String("\u00e9" + text))));
  const auto program =
      Compile("l.all(x, x == '" + text + "' || x != '')", {}, {.checks_types = false});
  const auto evaluation = program->Run(bindings, {.cost_limit = 1'000'000, .has_trace = true});
  ASSERT_TRUE(evaluation.value) << evaluation.value.error().message;
  EXPECT_EQ(evaluation.trace.size(), kMaxTraceEntries);
  EXPECT_TRUE(evaluation.is_trace_cut);
  for (const auto& entry : evaluation.trace) {
    EXPECT_LE(entry.expression.size(), kMaxTraceBytes);
    EXPECT_LE(entry.value.size(), kMaxTraceBytes);
  }
}

}  // namespace
}  // namespace gatewright::cel
