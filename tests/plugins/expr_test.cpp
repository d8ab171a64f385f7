// The policy `expr`, through the host, as a workflow uses it.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

using ports::PolicyChoice;
using testing::HasSubstr;
using testing::StartsWith;

namespace json = boost::json;

class ExprPolicy : public testing::Test {
 protected:
  Result<ports::PolicyVerdict> Decide(const std::string& config,
                                      std::string_view subject = R"({"environment": "staging"})") {
    GW_TRY(policy, host_->MakePolicy("expr", config));
    ports::Context context = SomeContext();
    context.subject_json = subject;
    return policy->Evaluate(context, kLimit);
  }

  // With nothing configured but the expression.
  ports::PolicyVerdict Of(std::string_view expression) {
    const auto verdict = Decide(json::serialize(json::object{{"expression", expression}}));
    if (verdict) return *verdict;
    ADD_FAILURE() << verdict.error().message;
    return {};
  }

  std::unique_ptr<PluginHost> host_ = LoadOurs();
};

TEST_F(ExprPolicy, ApprovesWithTheReasonOfTheExpression) {
  const auto verdict = Of("subject.environment == 'staging' ? approve('only staging') : no_op()");
  EXPECT_EQ(verdict.choice, PolicyChoice::kApprove);
  EXPECT_EQ(verdict.reason, "only staging");
}

TEST_F(ExprPolicy, AnswersWhatTheExpressionSays) {
  EXPECT_EQ(Of("reject('never')").choice, PolicyChoice::kReject);
  EXPECT_EQ(Of("abstain('not mine')").reason, "not mine");
  EXPECT_EQ(Of("no_op()").choice, PolicyChoice::kAbstain);
  EXPECT_EQ(Of("true").choice, PolicyChoice::kApprove);
  EXPECT_EQ(Of("false").choice, PolicyChoice::kAbstain);
  const auto waiting = Of("wait('10m', 'not yet')");
  EXPECT_EQ(waiting.choice, PolicyChoice::kWait);
  EXPECT_EQ(waiting.ask_again_after, std::chrono::minutes{10});
}

TEST_F(ExprPolicy, SeesTheRunTheStageAndTheTime) {
  EXPECT_EQ(Of("run.id == 42 && run.workflow == 'deployment' && run.requester == 'ann' && "
               "run.subjectDigest == 'd1' && stage.name == 'QA' && stage.epoch == 3 && "
               "now == timestamp('2023-11-14T22:13:20Z') && !has(facts.votes)")
                .choice,
            PolicyChoice::kApprove);
}

TEST_F(ExprPolicy, FailsClosed) {
  const auto missing = Of("subject.owner == 'ann' ? approve('own') : reject('not own')");
  EXPECT_EQ(missing.choice, PolicyChoice::kAbstain);
  EXPECT_THAT(missing.reason, HasSubstr("1:9: no such key: \"owner\""));
  const auto endless = Of(
      "['a','b','c','d','e','f','g','h','i','j'].all(a, ['a','b','c','d','e','f','g','h','i','j']"
      ".all(b, ['a','b','c','d','e','f','g','h','i','j'].all(c, "
      "['a','b','c','d','e','f','g','h','i','j'].all(d, a + b + c + d != ''))))");
  EXPECT_EQ(endless.choice, PolicyChoice::kAbstain);
  EXPECT_THAT(endless.reason, HasSubstr("costs more than 10000 units"));
  EXPECT_EQ(Of("dyn(1)").choice, PolicyChoice::kAbstain);
}

TEST_F(ExprPolicy, KeepsHowItCameToItsVerdict) {
  const auto verdict = Of("subject.environment == 'staging'");
  const auto evidence = json::parse(verdict.evidence_json);
  EXPECT_EQ(evidence.at("expression"), "subject.environment == 'staging'");
  EXPECT_EQ(evidence.at("inputs"), json::array{"subject.environment"});
  EXPECT_EQ(evidence.at("trace").at(0),
            json::value({{"expression", "subject.environment"}, {"value", "\"staging\""}}));
  EXPECT_EQ(evidence.at("result"), "true");
  EXPECT_EQ(evidence.at("traceIsCut"), false);
  EXPECT_GT(evidence.at("cost").as_int64(), 0);
}

TEST_F(ExprPolicy, AMistakeIsFoundBeforeAnybodyIsAsked) {
  const auto problems = host_->CheckConfig(ports::PluginKind::kPolicy, "expr",
                                           R"({"expression": "subject.lines <"})");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0].message, HasSubstr("/expression: 1:16: "));
  EXPECT_TRUE(
      host_->CheckConfig(ports::PluginKind::kPolicy, "expr", R"({"expression": "true"})").empty());
}

TEST_F(ExprPolicy, EvidenceFitsHoweverLargeEverythingIs) {
  std::string many = "[";
  for (int i = 0; i < 60; ++i) many += "'\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n', ";
  const auto verdict = Of(many + "].all(x, x + x + x + x + x + x + x + x != '')");
  EXPECT_EQ(verdict.choice, PolicyChoice::kApprove) << verdict.reason;
  EXPECT_EQ(json::parse(verdict.evidence_json).at("traceIsCut"), true);
}

TEST_F(ExprPolicy, AMistakeIsAMistakeOfTheConfig) {
  const auto verdict = Decide(R"({"expression": "stage.nam == 'QA' &&\n size(now) > 1"})");
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(verdict.error().message,
              HasSubstr("/expression: 1:7: unknown field 'nam' of 'stage' (known: epoch, name). "
                        "Did you mean 'name'?"));
  EXPECT_THAT(verdict.error().message, HasSubstr("2:2: size() takes"));
  EXPECT_FALSE(Decide(R"({"expression": ""})"));
  EXPECT_FALSE(Decide(R"({"expression": "1 + 1"})"));
  EXPECT_FALSE(Decide(R"({"expression": "true", "subjectSchema": {"type": "strng"}})"));
}

TEST_F(ExprPolicy, ASchemaMakesTheSubjectTyped) {
  const auto with = [](std::string_view expression) {
    return json::serialize(
        json::object{{"expression", expression}, {"subjectSchema", json::parse(R"({"properties": {
           "amount": {"type": "number"}, "environment": {"type": ["string", "null"]},
           "tags": {"type": "array", "items": {"type": "string"}},
           "labels": {"type": "object", "additionalProperties": {"type": "integer"}}}})")}});
  };
  EXPECT_EQ(Decide(with("subject.amount * 1.5 < 10.0"), R"({"amount": 3})")->choice,
            PolicyChoice::kApprove);
  EXPECT_EQ(Decide(with("subject.environment == null"), R"({"environment": null})")->choice,
            PolicyChoice::kApprove);
  EXPECT_EQ(Decide(with("subject.tags.exists(t, t == 'x') && subject.labels.a + 1 == 2"),
                   R"({"tags": ["x"], "labels": {"a": 1}})")
                ->choice,
            PolicyChoice::kApprove);
  EXPECT_THAT(Decide(with("subject.amout < 1.0")).error().message,
              HasSubstr("unknown field 'amout' of 'subject' (known: amount, environment, labels, "
                        "tags). Did you mean 'amount'?"));
  EXPECT_THAT(Decide(with("1 in subject.tags")).error().message,
              HasSubstr("int is never in list(string)"));
}

TEST_F(ExprPolicy, ConstantsComeFromTheConfig) {
  const std::string config =
      R"({"expression": "subject.environment in inputs.allowed", "inputs": {"allowed": ["staging"]}})";
  EXPECT_EQ(Decide(config)->choice, PolicyChoice::kApprove);
  EXPECT_THAT(
      Decide(R"({"expression": "inputs.limt > 1", "inputs": {"limit": 1}})").error().message,
      HasSubstr("Did you mean 'limit'?"));
}

}  // namespace
}  // namespace gatewright::host
