// Secrets reach the plugin whose settings name them, and nobody else.
#include "engine/runtime/secrets.h"

#include "tests/runtime/engine_fixture.h"

namespace gatewright::testing {
namespace {

class Kept final : public ports::AttemptSink {
 public:
  void Output(std::string_view bytes) override { text += bytes; }
  void Progress(int, std::string_view said) override { progress = said; }
  std::string text;
  std::string progress;
};

// Whatever the pieces: the secret is gone, and everything else is there.
TEST(RedactingSink, ASecretMayBeSplitAnywhere) {
  const std::vector<std::string> secrets{"hunter22-long", "hunter22"};
  const std::string said = "a hunter22 b hunter22-long c hunter2 hunt";
  for (std::size_t size = 1; size <= said.size(); ++size) {
    Kept kept;
    runtime::RedactingSink sink(kept, secrets);
    for (std::size_t at = 0; at < said.size(); at += size) sink.Output(said.substr(at, size));
    sink.Finish();
    EXPECT_EQ(kept.text, "a [secret] b [secret] c hunter2 hunt") << "in pieces of " << size;
  }
}

TEST(RedactingSink, ProgressIsRedactedToo) {
  const std::vector<std::string> secrets{"hunter22"};
  Kept kept;
  runtime::RedactingSink(kept, secrets).Progress(50, "as hunter22");
  EXPECT_EQ(kept.progress, "as [secret]");
}

class SecretsTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    options_.read_secret = [](const codec::SecretReference& reference) -> Result<std::string> {
      if (reference.env == "TOKEN") return std::string("hunter22");
      return Error{ErrorCode::kUnavailable, "there is no secret " + reference.env};
    };
    workflow_ = Deployment();
  }
};

TEST_F(SecretsTest, AnExecutorGetsItAndItsReportIsRedacted) {
  workflow_.stages[2].action->use.with_json = R"({"token":{"secret":{"env":"TOKEN"}}})";
  plugins_.start = [](const auto&, auto& sink, const auto&) -> Result<ports::AttemptReport> {
    sink.Output("using hunter22\n");
    return ports::AttemptReport{ports::AttemptOutcome::kFailedPermanent, "hunter22 was refused",
                                ""};
  };
  Open(workflow_);
  const core::Run run = UntilStatus(Executing(), core::RunStatus::kFailed);
  EXPECT_EQ(plugins_.configs(), std::vector<std::string>{R"({"token":"hunter22"})"});
  EXPECT_EQ(run.finish_reason, "[secret] was refused");
  const auto output = store_->ReadOutput(run.id, AttemptNumber{1}, 0, 1000);
  ASSERT_TRUE(output);
  EXPECT_EQ(*output, "using [secret]\n");
}

TEST_F(SecretsTest, OneThatIsMissingFailsTheAttemptBeforeThePluginIsCalled) {
  workflow_.stages[2].action->use.with_json = R"({"token":{"secret":{"env":"NONE"}}})";
  Open(workflow_);
  const core::Run run = UntilStatus(Executing(), core::RunStatus::kFailed);
  EXPECT_EQ(run.finish_reason, "there is no secret NONE");
  EXPECT_TRUE(plugins_.configs().empty());
}

// A subject is text that is filled in first: it cannot ask for anything.
TEST_F(SecretsTest, ASubjectCannotNameASecret) {
  workflow_.stages[2].action->use.with_json = R"({"token":"${subject.version}"})";
  Open(workflow_);
  const RunId run = Create(R"({"version":"{\"secret\":{\"env\":\"TOKEN\"}}"})").run->id;
  for (int i = 0; i < 3; ++i) Vote(run, Everybody());
  UntilStatus(run, core::RunStatus::kSucceeded);
  EXPECT_EQ(plugins_.configs(),
            std::vector<std::string>{R"({"token":"{\"secret\":{\"env\":\"TOKEN\"}}"})"});
}

}  // namespace
}  // namespace gatewright::testing
