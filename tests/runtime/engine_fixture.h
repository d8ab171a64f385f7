// tests/runtime/engine_fixture.h: a real engine on a real SQLite file with scripted plugins and a
// clock that only moves when told to.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "engine/codec/events.h"
#include "engine/runtime/engine.h"
#include "engine/storage/sqlite_store.h"
#include "tests/runtime/scripted_plugins.h"
#include "tests/runtime/troubled_store.h"

namespace gatewright::testing {

class ManualClock final : public ports::Clock {
 public:
  Time Now() const override { return FromMicros(micros_); }
  void Advance(Duration by) { micros_ += by.count(); }

 private:
  std::atomic<std::int64_t> micros_{1'772'000'000'000'000};
};

inline core::Principal Person(std::string id, std::vector<std::string> roles) {
  core::Principal person;
  person.id = PrincipalId{std::move(id)};
  person.roles = std::move(roles);
  return person;
}

inline core::Principal Everybody() {
  core::Principal dev = Person("dev", {});
  dev.is_everybody = true;
  return dev;
}

// A gate that asks `need` people with the role for their approval.
inline core::GateSpec GateOf(const std::string& role, std::uint32_t need = 1) {
  core::Rule leaf;
  leaf.id = RuleId{role};
  leaf.need = need;
  leaf.from = {"role", R"({"role":")" + role + R"("})"};
  core::GateSpec gate;
  gate.rules.kind = core::RuleKind::kAll;
  gate.rules.children = {leaf};
  return gate;
}

inline core::StageSpec StageOf(const std::string& name, const std::string& done_state,
                               const std::string& role) {
  core::StageSpec stage;
  stage.name = StageName{name};
  stage.done_state = done_state;
  stage.gate = GateOf(role);
  return stage;
}

// QA → DevOps → Execute, the last with an action.
inline core::Workflow Deployment() {
  core::Workflow workflow;
  workflow.name = WorkflowName{"deployment"};
  workflow.version = WorkflowVersion{"v1"};
  workflow.stages.push_back(StageOf("QA", "approved_by_QA", "qa"));
  workflow.stages.push_back(StageOf("DevOps", "approved_by_devops", "devops"));
  core::ActionSpec action;
  action.use = {"scripted", R"({"version":"${subject.version}"})"};
  workflow.stages.push_back(StageOf("Execute", "executed", "devops"));
  workflow.stages.back().action = action;
  return workflow;
}

class EngineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "gw-engine-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    Close();
    std::filesystem::remove_all(folder_);
  }

  // Opens the store and starts an engine that knows `workflow`.
  void Open(core::Workflow workflow = Deployment()) {
    workflow_ = std::move(workflow);
    storage::StoreOptions options;
    options.path = (folder_ / "runs.db").string();
    auto opened = storage::OpenSqlite(options);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::make_unique<TroubledStore>(*std::move(opened));
    engine_ = std::make_unique<runtime::Engine>(*store_, plugins_, clock_, log_, options_);
    engine_->SetFeedListener(feed_);
    engine_->SetOutputListener(output_);
    const auto started =
        engine_->Start([this](const std::string&) { return Result<core::Workflow>(workflow_); });
    ASSERT_TRUE(started) << started.error().message;
    const auto published = engine_->Publish({Everybody(), workflow_, "source", "file:test.yaml"});
    ASSERT_TRUE(published) << published.error().message;
  }
  void Close(Duration grace = std::chrono::seconds{5}) {
    if (engine_) engine_->Stop(grace);
    engine_.reset();
    store_.reset();
  }
  void Restart() {
    Close(Duration{0});
    Open(workflow_);
  }

  runtime::Reply Create(const std::string& subject = R"({"version":"1.2"})",
                        std::optional<runtime::Idempotency> idempotency = {}) {
    return Await([&](runtime::Answer answer) {
      runtime::CreateRequest request;
      request.actor = Person("carol", {});
      request.workflow = WorkflowName{"deployment"};
      request.name = "Deploy";
      request.subject_json = subject;
      request.idempotency = idempotency;
      engine_->Create(std::move(request), std::move(answer));
    });
  }
  runtime::Reply Vote(RunId run, core::Principal actor,
                      std::optional<StageName> stage = std::nullopt,
                      core::Choice choice = core::Choice::kApprove,
                      std::optional<runtime::Idempotency> idempotency = {}) {
    runtime::VoteRequest request;
    request.actor = std::move(actor);
    request.run = run;
    request.stage = std::move(stage);
    request.choice = choice;
    request.idempotency = std::move(idempotency);
    return Await([&](runtime::Answer answer) { engine_->Vote(request, std::move(answer)); });
  }
  // A run whose last gate is satisfied, so that its action has been started.
  RunId Executing() {
    const RunId run = Create().run->id;
    for (int i = 0; i < 3; ++i) Vote(run, Everybody());
    return run;
  }

  // The run once `is_settled`, or as it is after ten seconds of real time.
  core::Run Until(RunId run, std::function<bool(const core::Run&)> is_settled) {
    for (int i = 0; i < 2'000; ++i) {
      const auto now = engine_->GetRun(run);
      if (now && *now && is_settled(**now)) return **now;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ADD_FAILURE() << "the run did not settle";
    return **engine_->GetRun(run);
  }
  core::Run UntilStatus(RunId run, core::RunStatus status) {
    return Until(run, [status](const core::Run& now) { return now.status == status; });
  }

  std::vector<std::string> EventTypes(RunId run) {
    std::vector<std::string> types;
    for (const auto& entry : *engine_->History(run)) {
      for (const auto& event : *codec::EventsFromJson(entry.events_json)) {
        types.emplace_back(codec::EventType(event));
      }
    }
    return types;
  }

  static runtime::Reply Await(const std::function<void(runtime::Answer)>& ask) {
    auto promise = std::make_shared<std::promise<runtime::Reply>>();
    auto reply = promise->get_future();
    ask([promise](runtime::Reply got) { promise->set_value(std::move(got)); });
    return reply.get();
  }

  std::filesystem::path folder_;
  ManualClock clock_;
  ports::NullLog log_;
  ScriptedPlugins plugins_;
  runtime::EngineOptions options_;
  runtime::Engine::FeedListener feed_;
  runtime::OutputListener output_;
  core::Workflow workflow_;
  std::unique_ptr<TroubledStore> store_;
  std::unique_ptr<runtime::Engine> engine_;
};

}  // namespace gatewright::testing
