#include "tests/scenario/scenario.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/codec/json.h"
#include "engine/definition/workflow_loader.h"
#include "engine/definition/yaml_json.h"
#include "tests/core/support/story.h"
#include "tests/scenario/args.h"
#include "tests/scenario/people.h"
#include "tests/support/fake_plugins.h"

namespace gatewright::scenario {
namespace {

using core::test::Story;
using definition::Node;

// The `spec` of a workflow; a stage whose doneState does not matter may leave it out.
core::Workflow LoadInline(const Node& node) {
  boost::json::value spec = definition::ToJsonValue(node);
  for (auto& stage : spec.as_object().at("stages").as_array()) {
    auto& members = stage.as_object();
    const std::string name(members.at("name").as_string());
    if (!members.contains("doneState")) members["doneState"] = "after_" + name;
  }
  const boost::json::value document = {{"apiVersion", "gatewright/v1"},
                                       {"kind", "Workflow"},
                                       {"metadata", {{"name", "scenario"}}},
                                       {"spec", spec}};
  const testing::FakePlugins plugins;
  const auto loaded =
      definition::LoadWorkflows(codec::ToJson(document), "workflow of the scenario", plugins);
  if (loaded.ok()) return loaded.workflows.front().workflow;
  std::string mistakes;
  for (const auto& diagnostic : loaded.diagnostics) mistakes += Format(diagnostic) + "\n";
  throw Mistake(node.mark(), "the workflow has mistakes:\n" + mistakes);
}

core::Workflow LoadWorkflow(const Node& node) {
  if (!node.is_string()) return LoadInline(node);
  const testing::FakePlugins plugins;
  const auto loaded = definition::LoadFile(node.text(), plugins);
  if (loaded.ok() && loaded.workflows.size() == 1) return loaded.workflows.front().workflow;
  throw Mistake(node.mark(), "expected one good workflow in " + node.text());
}

class Player {
 public:
  Player(core::Workflow workflow, People people)
      : story_(std::move(workflow)), people_(std::move(people)) {}

  void Step(const Node& node) {
    const Args step(node, {"create", "vote", "policy", "cancel", "timer", "attempt", "resolve",
                           "incident", "advance", "events", "refused", "state", "status", "stage"});
    if (step.Has("advance")) {
      const auto duration = ParseDuration(step.Text("advance"));
      if (!duration) throw Mistake(node.mark(), "'advance': expected a duration such as 24h");
      story_.Advance(*duration);
    } else {
      CheckDecision(step, story_.Do(CommandOf(step, node)));
    }
    const core::Run& run = story_.run();
    EXPECT_EQ(run.state, step.Text("state", run.state));
    EXPECT_EQ(story_.status(), step.Text("status", story_.status()));
    EXPECT_EQ(run.current_stage.value, step.Text("stage", run.current_stage.value));
  }

  const Story& story() const { return story_; }

 private:
  core::Command CommandOf(const Args& step, const Node& node) const {
    if (const Node* args = step.Find("create")) return Create(*args);
    if (const Node* args = step.Find("vote")) return Vote(*args);
    if (const Node* args = step.Find("policy")) return Policy(*args);
    if (const Node* args = step.Find("cancel")) return Cancel(*args);
    if (const Node* args = step.Find("timer")) return Timer(*args);
    if (const Node* args = step.Find("attempt")) return Attempt(*args);
    if (const Node* args = step.Find("resolve")) return Resolve(*args);
    if (const Node* args = step.Find("incident")) return Incident(*args);
    throw Mistake(node.mark(), "a step needs something that happens: create, vote, …");
  }

  static void CheckDecision(const Args& step, const core::Decision& decision) {
    if (const Node* refused = step.Find("refused")) {
      const Args wanted(*refused, {"code", "detail"});
      EXPECT_EQ(core::test::CodeOf(decision), wanted.Text("code"));
      EXPECT_THAT(core::test::DetailOf(decision), ::testing::HasSubstr(wanted.Text("detail", "")));
      return;
    }
    EXPECT_EQ(core::test::CodeOf(decision), "accepted") << core::test::DetailOf(decision);
    if (!step.Has("events")) return;
    EXPECT_EQ(core::test::Names(decision), step.Texts("events"));
  }

  core::Command Create(const Node& node) const {
    const Args args(node, {"by", "skip"});
    core::CreateRun create;
    create.actor = people_.Find(args.Text("by"));
    create.name = "a release";
    create.subject_json = "{}";
    create.subject_digest = "digest-1";
    for (const std::string& stage : args.Texts("skip")) {
      create.skips.push_back({StageName{stage}, "its `when` does not match"});
    }
    return create;
  }

  core::Command Vote(const Node& node) const {
    const Args args(node, {"stage", "by", "choice", "comment", "epoch", "expect"});
    core::CastVote vote;
    vote.actor = people_.Find(args.Text("by"));
    // Without a stage it is a vote on whatever is open.
    vote.is_any_stage = !args.Has("stage");
    vote.stage = StageName{args.Text("stage", story_.run().current_stage.value)};
    constexpr core::Choice kChoices[] = {core::Choice::kApprove, core::Choice::kReject,
                                         core::Choice::kWithdraw, core::Choice::kAbstain};
    vote.choice = kChoices[args.Choice("choice", {"approve", "reject", "withdraw", "abstain"}, 0)];
    vote.comment = args.Text("comment", "");
    if (const auto epoch = args.Number("epoch")) vote.epoch = Epoch{*epoch};
    vote.expected = ExpectationIn(args);
    vote.facts.stage = vote.stage;
    if (const auto* stage = story_.workflow().FindStage(vote.stage)) {
      vote.facts = FactsAbout(vote.actor, *stage);
    }
    return vote;
  }

  static std::string JsonIn(const Args& args, std::string_view key) {
    const Node* node = args.Find(key);
    return node == nullptr ? "" : codec::CanonicalJson(definition::ToJsonValue(*node));
  }

  static core::Expectation ExpectationIn(const Args& args) {
    core::Expectation expected;
    const Node* node = args.Find("expect");
    if (node == nullptr) return expected;
    const Args wanted(*node, {"version", "state", "digest"});
    if (const auto version = wanted.Number("version")) expected.version = Sequence{*version};
    if (wanted.Has("state")) expected.state = wanted.Text("state");
    if (wanted.Has("digest")) expected.subject_digest = wanted.Text("digest");
    return expected;
  }

  core::Command Policy(const Node& node) const {
    const Args args(node, {"stage", "id", "choice", "epoch", "reason", "evidence"});
    constexpr core::Choice kChoices[] = {core::Choice::kApprove, core::Choice::kReject,
                                         core::Choice::kAbstain};
    core::RecordPolicyVote vote;
    vote.auto_voter = args.Text("id");
    vote.stage = StageName{args.Text("stage")};
    vote.epoch = Epoch{args.Number("epoch").value_or(1)};
    vote.choice = kChoices[args.Choice("choice", {"approve", "reject", "abstain"}, 0)];
    vote.reason = args.Text("reason", "");
    vote.evidence_json = JsonIn(args, "evidence");
    return vote;
  }

  core::Command Cancel(const Node& node) const {
    const Args args(node, {"by", "reason", "expect"});
    return core::CancelRun{people_.Find(args.Text("by")), args.Text("reason", ""),
                           ExpectationIn(args)};
  }

  core::Command Timer(const Node& node) const {
    const Args args(node, {"gate", "attempt", "epoch"});
    if (const auto attempt = args.Number("attempt")) {
      return core::StartAttempt{AttemptNumber{*attempt}};
    }
    return core::GateDue{StageName{args.Text("gate")}, Epoch{args.Number("epoch").value_or(1)}};
  }

  core::Command Attempt(const Node& node) const {
    const Args args(node, {"number", "end", "failure", "summary", "token", "outputs"});
    constexpr core::AttemptEnd kEnds[] = {core::AttemptEnd::kSucceeded, core::AttemptEnd::kFailed,
                                          core::AttemptEnd::kTimedOut, core::AttemptEnd::kCancelled,
                                          core::AttemptEnd::kUnknown};
    core::FinishAttempt finish = story_.AnswerOf(
        AttemptNumber{args.Number("number").value_or(
            static_cast<std::int64_t>(story_.run().attempts.size()))},
        kEnds[args.Choice("end", {"succeeded", "failed", "timed_out", "cancelled", "unknown"}, 0)]);
    finish.failure = args.Choice("failure", {"transient", "permanent"}, 1) == 0
                         ? core::FailureClass::kTransient
                         : core::FailureClass::kPermanent;
    finish.summary = args.Text("summary", "the executor's words");
    finish.fencing_token = args.Number("token").value_or(finish.fencing_token);
    finish.outputs_json = JsonIn(args, "outputs");
    return finish;
  }

  core::Command Resolve(const Node& node) const {
    const Args args(node, {"by", "as", "reason", "expect"});
    constexpr core::Resolution kResolutions[] = {
        core::Resolution::kRetry, core::Resolution::kSucceeded, core::Resolution::kFailed};
    return core::ResolveIncident{
        people_.Find(args.Text("by")),
        kResolutions[args.Choice("as", {"retry", "succeeded", "failed"}, 2)],
        args.Text("reason", "looked at it"), ExpectationIn(args)};
  }

  static core::Command Incident(const Node& node) {
    const Args args(node, {"code", "message"});
    return core::RaiseIncident{args.Text("code"), args.Text("message", "")};
  }

  Story story_;
  People people_;
};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Log PlayText(const std::string& text) {
  const auto yaml = definition::ParseYaml(text);
  if (!yaml.problems.empty()) {
    throw Mistake(yaml.problems.front().mark, yaml.problems.front().message);
  }
  const Node& root = yaml.documents.at(0).root;
  const Args file(root, {"workflow", "people", "steps"});
  if (!file.Has("workflow") || !file.Has("steps")) {
    throw Mistake(root.mark(), "a scenario needs a workflow and steps");
  }
  Player player(LoadWorkflow(*file.Find("workflow")),
                file.Has("people") ? People(*file.Find("people")) : People());
  for (const Node& step : file.Find("steps")->items()) {
    const ::testing::ScopedTrace trace("", 0, fmt::format("the step in line {}", step.mark().line));
    player.Step(step);
    // What follows a step that went wrong says nothing new.
    if (::testing::Test::HasFailure()) break;
  }
  return player.story().log();
}

}  // namespace

Log Play(const std::string& path) {
  SCOPED_TRACE(path);
  try {
    return PlayText(ReadFile(path));
  } catch (const Mistake& mistake) {
    ADD_FAILURE() << path << ": " << mistake.what();
    return {};
  }
}

}  // namespace gatewright::scenario
