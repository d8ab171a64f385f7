// The executor `kubernetes` against a small server that answers as the API server's documentation
// says. A recorded conversation, not a cluster: Debian has no kube-apiserver to test with.
#include <map>

#include "tests/plugins/executor_calls.h"

namespace gatewright::host {
namespace {

namespace json = boost::json;
using gatewright::testing::HttpAnswer;
using gatewright::testing::LoopbackServer;
using ports::AttemptOutcome;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kJob[] = "/apis/batch/v1/namespaces/ci/jobs/gatewright-run-42-attempt-2";

// What is asked for of Jobs and pods; everything else is as it was told.
class ApiServer {
 public:
  std::string Answer(const std::string& request) {
    const std::string line = request.substr(0, request.find(" HTTP/"));
    if (const auto found = told.find(line); found != told.end()) return found->second;
    if (line == "POST /apis/batch/v1/namespaces/ci/jobs") return Create(request);
    if (line == std::string("GET ") + kJob) return Get();
    if (line == std::string("DELETE ") + kJob) return Delete();
    if (line.starts_with("GET /api/v1/namespaces/ci/pods?labelSelector=job-name%3Dgatewright-")) {
      return HttpAnswer(R"({"kind": "PodList", "items": [{"metadata": {"name": "p1",
          "creationTimestamp": "2026-03-02T09:00:00Z"}, "status": {"phase": "Running"}}]})");
    }
    if (line == "GET /api/v1/namespaces/ci/pods/p1/log") return HttpAnswer(log);
    return Status("404 Not Found", "the server could not find the requested resource");
  }

  static std::string Status(const std::string& line, const std::string& message) {
    return HttpAnswer(json::serialize(json::object{{"kind", "Status"}, {"message", message}}),
                      line);
  }

  std::map<std::string, std::string> told;
  json::value job;  // null: none
  std::string log;

 private:
  std::string Create(const std::string& request) {
    if (!job.is_null()) return Status("409 Conflict", "jobs.batch already exists");
    job = json::parse(request.substr(request.find("\r\n\r\n") + 4));
    return HttpAnswer(json::serialize(job), "201 Created");
  }
  std::string Get() const {
    if (job.is_null()) return Status("404 Not Found", "jobs.batch not found");
    return HttpAnswer(json::serialize(job));
  }
  std::string Delete() {
    if (job.is_null()) return Status("404 Not Found", "jobs.batch not found");
    job = nullptr;
    return HttpAnswer(R"({"kind": "Status", "status": "Success"})");
  }
};

class Kubernetes : public ExecutorCalls {
 protected:
  Kubernetes() : ExecutorCalls("kubernetes") {}

  json::value Config() const {
    const std::string url = server_.url();
    return {{"server", url.substr(0, url.rfind('/'))},
            {"token", "t0ken"},
            {"namespace", "ci"},
            {"job", {{"template", {{"spec", {{"restartPolicy", "Never"}}}}}}}};
  }
  void Condition(const char* type, const char* reason) {
    api_.job.as_object()["status"] = {
        {"succeeded", 1},
        {"conditions",
         {{{"type", type}, {"status", "True"}, {"reason", reason}, {"message", "as it is"}}}}};
  }
  std::string Name() const { return "gatewright-run-42-attempt-2"; }

  ApiServer api_;
  LoopbackServer server_{[this](const std::string& request) { return api_.Answer(request); }};
};

TEST_F(Kubernetes, CreatesAJobThatIsNamedAfterTheAttempt) {
  const auto report = Start(Config());
  EXPECT_EQ(report.outcome, AttemptOutcome::kRunning) << report.summary;
  EXPECT_EQ(report.handle, Name());
  EXPECT_THAT(server_.requests().front(), HasSubstr("\r\nAuthorization: Bearer t0ken\r\n"));
  EXPECT_EQ(api_.job, json::parse(R"({
      "apiVersion": "batch/v1", "kind": "Job",
      "metadata": {"name": "gatewright-run-42-attempt-2",
                   "labels": {"app.kubernetes.io/managed-by": "gatewright"},
                   "annotations": {"gatewright.dev/attempt": "run-42-attempt-2",
                                   "gatewright.dev/fencing-token": "7",
                                   "gatewright.dev/subject-digest": "d1"}},
      "spec": {"template": {"spec": {"restartPolicy": "Never"}}, "backoffLimit": 0}})"));
}

TEST_F(Kubernetes, FindsItsJobWhenItIsAskedForTwice) {
  Start(Config());
  const auto again = Start(Config());
  EXPECT_EQ(again.outcome, AttemptOutcome::kRunning);
  EXPECT_THAT(again.summary, HasSubstr("found Job"));
  api_.job.as_object()["metadata"]
      .as_object()["annotations"]
      .as_object()["gatewright.dev/subject-digest"] = "another";
  const auto foreign = Start(Config());
  EXPECT_EQ(foreign.outcome, AttemptOutcome::kFailedPermanent);
  EXPECT_THAT(foreign.summary, HasSubstr("belongs to something else"));
}

TEST_F(Kubernetes, WatchesTheJobAndWritesItsLogOnce) {
  Start(Config());
  EXPECT_EQ(Probe(Config(), Name()).outcome, AttemptOutcome::kRunning);
  api_.log = "one\n";
  EXPECT_EQ(Probe(Config(), Name()).outcome, AttemptOutcome::kRunning);
  api_.log = "one\ntwo\n";
  Condition("Complete", "CompletionsReached");
  const auto ended = Probe(Config(), Name());
  EXPECT_EQ(ended.outcome, AttemptOutcome::kSucceeded) << ended.summary;
  EXPECT_EQ(json::parse(ended.outputs_json), (json::value{{"job", Name()},
                                                          {"reason", "CompletionsReached"},
                                                          {"pods_succeeded", 1},
                                                          {"pods_failed", 0}}));
  EXPECT_EQ(sink_.output, "one\ntwo\n");
}

TEST_F(Kubernetes, FindsTheJobAgainAfterARestart) {
  Start(Config());
  api_.log = "one\n";
  Condition("Failed", "BackoffLimitExceeded");
  host_ = LoadOurs();
  const auto ended = Probe(Config(), "");
  EXPECT_EQ(ended.outcome, AttemptOutcome::kFailedPermanent);
  EXPECT_THAT(ended.summary, HasSubstr("failed: BackoffLimitExceeded: as it is"));
}

TEST_F(Kubernetes, AJobThatIsNotThere) {
  EXPECT_EQ(Probe(Config(), "").outcome, AttemptOutcome::kFailedTransient);
  EXPECT_EQ(Probe(Config(), "?" + Name()).outcome, AttemptOutcome::kFailedTransient);
  EXPECT_EQ(Probe(Config(), Name()).outcome, AttemptOutcome::kUnknown);
  auto swept = Config();
  swept.as_object()["job"].as_object()["ttlSecondsAfterFinished"] = 60;
  EXPECT_EQ(Probe(swept, "").outcome, AttemptOutcome::kUnknown);
}

TEST_F(Kubernetes, DeletesWhatIsToStop) {
  Start(Config());
  EXPECT_EQ(Stop(Config(), Name()).outcome, AttemptOutcome::kFailedPermanent);
  EXPECT_TRUE(api_.job.is_null());
  EXPECT_THAT(server_.requests().back(), HasSubstr(R"("propagationPolicy":"Background")"));
}

TEST_F(Kubernetes, TellsFailuresApart) {
  const auto started = [&](const std::string& line) {
    api_.told["POST /apis/batch/v1/namespaces/ci/jobs"] = ApiServer::Status(line, "why not");
    return Start(Config());
  };
  EXPECT_EQ(started("403 Forbidden").outcome, AttemptOutcome::kFailedPermanent);
  EXPECT_THAT(started("422 Unprocessable Entity").summary, HasSubstr("422: why not"));
  EXPECT_EQ(started("429 Too Many Requests").outcome, AttemptOutcome::kFailedTransient);
  const auto unclear = started("500 Internal Server Error");
  EXPECT_EQ(unclear.outcome, AttemptOutcome::kRunning);
  EXPECT_THAT(unclear.handle, StartsWith("?"));
  api_.told[std::string("GET ") + kJob] = ApiServer::Status("503 Service Unavailable", "later");
  EXPECT_FALSE(TryProbe(Config(), Name()));  // asked again
}

TEST_F(Kubernetes, NeedsAServerOutsideOfACluster) {
  const auto made = TryStart({{"job", {{"template", json::object()}}}});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("/server: expected the address"));
}

}  // namespace
}  // namespace gatewright::host
