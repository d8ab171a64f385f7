// server/cli/client_smoke.cpp: `gatewright smoke`: does this installation do its work? Publishes a
// workflow, lets a policy approve a run of it, waits for its action, reads back what was written,
// and takes the workflow away again.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "engine/codec/json_writer.h"
#include "server/cli/client_commands.h"
#include "server/cli/commands.h"

namespace gatewright::cli {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds{50};

// Only plugins that need nothing from outside. Nobody has to vote, and nobody can.
constexpr std::string_view kWorkflow = R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {{name: {}, title: Smoke test}}
spec:
  subject: {{type: object, required: [smoke], properties: {{smoke: {{type: boolean}}}}}}
  stages:
    - name: Check
      doneState: checked
      gate:
        rules: [{{id: machine, from: {{user: [nobody]}}}}]
        auto:
          - {{id: smoke, plugin: match, fills: [machine], with: {{schema: {{properties: {{smoke: {{const: true}}}}}}}}}}
      action: {{plugin: noop}}
)";

// What a run that went all the way has left in the log.
const std::set<std::string> kExpectedEvents = {"RunCreated",    "GateOpened",     "VoteCast",
                                               "GateSatisfied", "AttemptStarted", "AttemptEnded",
                                               "RunFinished"};

// One step after the other; the first that fails ends it.
class Smoke {
 public:
  Smoke(Client& client, const ClientArguments& arguments)
      : client_(client),
        arguments_(arguments),
        workflow_(fmt::format("smoke-{}", std::chrono::system_clock::now().time_since_epoch() /
                                              std::chrono::milliseconds{1})) {}

  int Go() {
    const bool is_good = Lives() && Publishes() && Creates() && Executes() && HasWritten();
    const bool is_clean = !is_published_ || CleansUp();
    if (!is_good || !is_clean) return exit_code_;
    fmt::print("run {} of workflow {} went all the way\n", run_, workflow_);
    return kExitOk;
  }

 private:
  bool Lives() {
    const Fetched health = Fetch(client_, {.path = "/health"});
    if (!Take(health, "lives")) return false;
    const std::string status = JsonView(health.document)["status"].raw_text();
    return Say("lives", status == "ok" ? "" : fmt::format("expected status ok, found {}", status));
  }

  bool Publishes() {
    const Fetched made = Fetch(client_, {.method = "POST",
                                         .path = "/api/v1/workflows",
                                         .body = fmt::format(kWorkflow, workflow_),
                                         .content_type = "application/yaml"});
    is_published_ = made.exit_code == kExitOk;
    return Take(made, "publishes a workflow") && Say("publishes a workflow", "");
  }

  bool Creates() {
    std::string body;
    codec::JsonWriter json(body);
    json.OpenObject().Key("workflow").Text(workflow_).Key("name").Text("smoke test");
    json.Key("subject").OpenObject().Key("smoke").Boolean(true).CloseObject().CloseObject();
    const Fetched made = Fetch(client_, {.method = "POST", .path = "/api/v1/runs", .body = body});
    if (!Take(made, "creates a run")) return false;
    run_ = JsonView(made.document)["id"].number();
    return Say("creates a run", "");
  }

  // A policy approves it, and its action ends.
  bool Executes() {
    const auto deadline = std::chrono::steady_clock::now() + arguments_.options.timeout;
    std::string status;
    do {
      const Fetched run = Fetch(client_, {.path = Path("")});
      if (!Take(run, "approves and executes")) return false;
      status = JsonView(run.document)["status"].raw_text();
      is_finished_ = status == "succeeded";
      if (is_finished_) return Say("approves and executes", "");
      std::this_thread::sleep_for(kLookEvery);
    } while ((status == "waiting" || status == "executing") &&
             std::chrono::steady_clock::now() < deadline);
    return Say("approves and executes",
               fmt::format("expected run {} to have succeeded, found {}; `gatewright explain {}` "
                           "says why",
                           run_, status, run_));
  }

  bool HasWritten() {
    const Fetched history = Fetch(client_, {.path = Path("/history")});
    if (!Take(history, "has written every step")) return false;
    std::set<std::string> missing = kExpectedEvents;
    for (const JsonView& item : JsonView(history.document)["items"].items()) {
      missing.erase(item["event"]["type"].raw_text());
    }
    return Say(
        "has written every step",
        missing.empty() ? "" : fmt::format("the log of run {} has no {}", run_, *missing.begin()));
  }

  bool CleansUp() {
    if (run_ != 0 && !is_finished_) {  // an open run would keep its workflow
      client_.Send(
          {.method = "POST", .path = Path("/cancel"), .body = R"({"reason":"smoke test"})"});
    }
    const Answer gone =
        client_.Send({.method = "DELETE", .path = "/api/v1/workflows/" + workflow_});
    if (gone.exit_code != kExitOk) exit_code_ = gone.exit_code;
    return Say("takes the workflow away", gone.exit_code == kExitOk ? "" : gone.problem);
  }

  std::string Path(std::string_view rest) const {
    return fmt::format("/api/v1/runs/{}{}", run_, rest);
  }

  // False when there was no answer; why is printed already.
  bool Take(const Fetched& fetched, std::string_view step) {
    if (fetched.exit_code == kExitOk) return true;
    exit_code_ = fetched.exit_code;
    fmt::print("FAILED {}\n", step);
    return false;
  }

  bool Say(std::string_view step, const std::string& problem) {
    fmt::print("{} {}\n", problem.empty() ? "ok    " : "FAILED", step);
    if (!problem.empty()) PrintError(problem);
    return problem.empty();
  }

  Client& client_;
  const ClientArguments& arguments_;
  const std::string workflow_;
  std::int64_t run_ = 0;
  bool is_published_ = false;
  bool is_finished_ = false;
  int exit_code_ = kExitFailure;
};

}  // namespace

int SmokeTest(Client& client, const ClientArguments& arguments) {
  return Smoke(client, arguments).Go();
}

}  // namespace gatewright::cli
