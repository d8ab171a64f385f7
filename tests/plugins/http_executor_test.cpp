// The executor `http`, through the host, against a real server on a loopback address.
#include "tests/plugins/executor_calls.h"

namespace gatewright::host {
namespace {

namespace json = boost::json;
using gatewright::testing::HttpAnswer;
using gatewright::testing::LoopbackServer;
using ports::AttemptOutcome;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class HttpExecutor : public ExecutorCalls {
 protected:
  HttpExecutor() : ExecutorCalls("http") {}

  static json::value Calls(const LoopbackServer& server, const json::object& more = {}) {
    json::object config{{"url", server.url()}, {"allow_private", true}};
    for (const auto& [key, value] : more) config[key] = value;
    return config;
  }
};

TEST_F(HttpExecutor, SaysWhatTheAttemptIsAboutAndEndsWithTheAnswer) {
  LoopbackServer server(R"({"hosts": 3})");
  const auto report = Start(Calls(server, {{"headers", {{"Authorization", "Bearer b"}}}}));
  EXPECT_EQ(report.outcome, AttemptOutcome::kSucceeded) << report.summary;
  EXPECT_EQ(json::parse(report.outputs_json),
            (json::value{{"status", 200}, {"body", {{"hosts", 3}}}}));
  EXPECT_EQ(sink_.output, R"({"hosts": 3})");

  ASSERT_THAT(server.requests(), SizeIs(1));
  const std::string request = server.requests().front();
  EXPECT_THAT(request, StartsWith("POST /vote HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nIdempotency-Key: run-42-attempt-2\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nX-Gatewright-Fencing-Token: 7\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAuthorization: Bearer b\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("allback")));
  EXPECT_EQ(json::parse(request.substr(request.find("\r\n\r\n") + 4)), json::parse(R"({
      "subject": {"environment": "staging"},
      "run": {"id": 42, "workflow": "deployment", "requester": "ann", "subject_digest": "d1"},
      "attempt": {"id": "run-42-attempt-2", "number": 2, "fencing_token": 7, "stage": "QA"}})"));
}

TEST_F(HttpExecutor, SendsWhatTheWorkflowSays) {
  LoopbackServer server("");
  EXPECT_EQ(Start(Calls(server, {{"method", "PUT"},
                                 {"body", "a=1"},
                                 {"headers", {{"content-type", "application/x-form"}}}}))
                .outcome,
            AttemptOutcome::kSucceeded);
  EXPECT_EQ(Start(Calls(server, {{"method", "GET"}})).outcome, AttemptOutcome::kSucceeded);
  ASSERT_THAT(server.requests(), SizeIs(2));
  EXPECT_THAT(server.requests()[0], StartsWith("PUT /vote"));
  EXPECT_THAT(server.requests()[0], HasSubstr("\r\nContent-Type: application/x-form\r\n"));
  EXPECT_THAT(server.requests()[0], ::testing::EndsWith("\r\n\r\na=1"));
  EXPECT_THAT(server.requests()[1], StartsWith("GET /vote"));
  EXPECT_THAT(server.requests()[1], ::testing::EndsWith("\r\n\r\n"));
}

// The table of docs/executors.md.
TEST_F(HttpExecutor, TellsFailuresApart) {
  struct Case {
    std::string answer;
    AttemptOutcome post;
    AttemptOutcome idempotent;
  };
  const auto status = [](const std::string& line) { return HttpAnswer("", line); };
  constexpr auto kTransient = AttemptOutcome::kFailedTransient;
  constexpr auto kPermanent = AttemptOutcome::kFailedPermanent;
  constexpr auto kUnknown = AttemptOutcome::kUnknown;
  constexpr auto kSucceeded = AttemptOutcome::kSucceeded;
  for (const Case& one : std::vector<Case>{
           {status("200 OK"), kSucceeded, kSucceeded},
           {status("204 No Content"), kSucceeded, kSucceeded},
           {status("302 Found"), kPermanent, kPermanent},
           {status("400 Bad Request"), kPermanent, kPermanent},
           {status("404 Not Found"), kPermanent, kPermanent},
           {status("408 Request Timeout"), kTransient, kTransient},
           {status("429 Too Many Requests"), kTransient, kTransient},
           {status("503 Service Unavailable"), kTransient, kTransient},
           {status("500 Internal Server Error"), kPermanent, kTransient},
           {status("502 Bad Gateway"), kUnknown, kTransient},
           {status("504 Gateway Timeout"), kUnknown, kTransient},
           {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut", kUnknown, kTransient},
           {"SSH-2.0-OpenSSH_9.2\r\n", kUnknown, kTransient},
       }) {
    LoopbackServer server([&](const std::string&) { return one.answer; });
    const auto post = Start(Calls(server));
    EXPECT_EQ(post.outcome, one.post) << one.answer << post.summary;
    const auto idempotent = Start(Calls(server, {{"idempotent", true}}));
    EXPECT_EQ(idempotent.outcome, one.idempotent) << one.answer << idempotent.summary;
  }
}

TEST_F(HttpExecutor, AConnectionThatIsRefusedHadNoEffect) {
  json::value config;
  {
    const LoopbackServer gone("");
    config = Calls(gone);
  }
  const auto report = Start(config);
  EXPECT_EQ(report.outcome, AttemptOutcome::kFailedTransient) << report.summary;
}

TEST_F(HttpExecutor, ASilentServiceLeavesTheOutcomeOpen) {
  LoopbackServer silent([](const std::string&) { return std::string(); });
  const auto report = Start(Calls(silent, {{"timeout", "1s"}}));
  EXPECT_EQ(report.outcome, AttemptOutcome::kUnknown) << report.summary;
  EXPECT_THAT(report.summary, HasSubstr("may have had its effect"));
}

TEST_F(HttpExecutor, FollowsNoRedirectAndCallsNoForbiddenAddress) {
  LoopbackServer other("");
  LoopbackServer server([&](const std::string&) {
    return HttpAnswer("", "307 Temporary Redirect", "Location: " + other.url() + "\r\n");
  });
  EXPECT_EQ(Start(Calls(server)).outcome, AttemptOutcome::kFailedPermanent);
  EXPECT_THAT(other.requests(), IsEmpty());
  const auto metadata = Start({{"url", "http://169.254.169.254/"}, {"allow_private", true}});
  EXPECT_EQ(metadata.outcome, AttemptOutcome::kFailedPermanent);
  EXPECT_THAT(metadata.summary, HasSubstr("is never called"));
}

TEST_F(HttpExecutor, SuccessMayDependOnTheAnswer) {
  const json::object rules{
      {"success", {{"status", {200, 409}}, {"json", {{"pointer", "/state"}, {"in", {"ok"}}}}}}};
  LoopbackServer good(
      [](const std::string&) { return HttpAnswer(R"({"state": "ok"})", "409 Conflict"); });
  EXPECT_EQ(Start(Calls(good, rules)).outcome, AttemptOutcome::kSucceeded);
  LoopbackServer bad(R"({"state": "no"})");
  EXPECT_EQ(Start(Calls(bad, rules)).outcome, AttemptOutcome::kFailedPermanent);
  LoopbackServer other(
      [](const std::string&) { return HttpAnswer(R"({"state": "ok"})", "201 Created"); });
  EXPECT_EQ(Start(Calls(other, rules)).outcome, AttemptOutcome::kFailedPermanent);
}

TEST_F(HttpExecutor, CutsALongAnswer) {
  LoopbackServer server(std::string(3 * 1024 * 1024, 'x'));
  EXPECT_EQ(Start(Calls(server)).outcome, AttemptOutcome::kSucceeded);
  EXPECT_EQ(sink_.output.size(), 1024u * 1024);
}

TEST_F(HttpExecutor, AsksAStatusAddressUntilItIsOver) {
  int asked = 0;
  LoopbackServer server([&](const std::string& request) {
    if (request.starts_with("POST")) {
      return HttpAnswer("", "202 Accepted", "Location: /jobs/9\r\n");
    }
    return ++asked == 1 ? HttpAnswer(R"({"state": "busy"})")
                        : HttpAnswer(R"({"state": "done", "hosts": 3})");
  });
  const auto config =
      Calls(server,
            {{"answer", "poll"},
             {"poll", {{"every", "2s"}}},
             {"success", {{"status", {200}}, {"json", {{"pointer", "/state"}, {"in", {"done"}}}}}},
             {"failure", {{"json", {{"pointer", "/state"}, {"in", {"failed"}}}}}}});
  const auto started = Start(config);
  ASSERT_EQ(started.outcome, AttemptOutcome::kRunning) << started.summary;
  EXPECT_EQ(started.ask_again_after, std::chrono::seconds{2});
  EXPECT_THAT(started.handle, ::testing::EndsWith("/jobs/9"));
  EXPECT_EQ(Probe(config, started.handle).outcome, AttemptOutcome::kRunning);
  const auto ended = Probe(config, started.handle);
  EXPECT_EQ(ended.outcome, AttemptOutcome::kSucceeded);
  EXPECT_THAT(ended.outputs_json, HasSubstr(R"("hosts": 3)"));
  EXPECT_THAT(server.requests().back(), StartsWith("GET /jobs/9 HTTP/1.1\r\n"));
}

TEST_F(HttpExecutor, TheAnswerMayNameTheStatusAddress) {
  LoopbackServer server(R"({"links": [{"href": "/jobs/9"}]})");
  const auto named =
      Start(Calls(server, {{"answer", "poll"}, {"poll", {{"pointer", "/links/0/href"}}}}));
  EXPECT_THAT(named.handle, ::testing::EndsWith("/jobs/9"));
  const auto none = Start(Calls(server, {{"answer", "poll"}}));
  EXPECT_EQ(none.outcome, AttemptOutcome::kUnknown) << none.summary;
}

TEST_F(HttpExecutor, AStatusAddressMayBeDownForAWhileOrKnowNoMore) {
  std::string answer = HttpAnswer("", "503 Service Unavailable");
  LoopbackServer server([&](const std::string&) { return answer; });
  const auto config = Calls(server, {{"answer", "poll"}});
  EXPECT_FALSE(TryProbe(config, server.url()));  // asked again
  answer = HttpAnswer("", "404 Not Found");
  EXPECT_EQ(Probe(config, server.url()).outcome, AttemptOutcome::kUnknown);
  answer = HttpAnswer("", "202 Accepted");
  EXPECT_EQ(Probe(config, server.url()).outcome, AttemptOutcome::kRunning);
  answer = HttpAnswer("");
  EXPECT_EQ(Probe(config, server.url()).outcome, AttemptOutcome::kSucceeded);
}

TEST_F(HttpExecutor, TellsOtherServersNothing) {
  LoopbackServer other("");
  LoopbackServer server("");
  const auto config =
      Calls(server, {{"answer", "poll"}, {"headers", {{"Authorization", "Bearer b"}}}});
  Probe(config, server.url());
  Probe(config, other.url());
  EXPECT_THAT(server.requests().front(), HasSubstr("Bearer b"));
  EXPECT_THAT(other.requests().front(), Not(HasSubstr("Bearer b")));
}

TEST_F(HttpExecutor, MayWaitForACallback) {
  LoopbackServer server("");
  const auto config = Calls(server, {{"answer", "callback"}});
  const auto started = Start(config);
  EXPECT_EQ(started.outcome, AttemptOutcome::kRunning);
  EXPECT_EQ(started.ask_again_after, Duration{0});
  EXPECT_THAT(server.requests().front(),
              HasSubstr("X-Gatewright-Callback-Url: " + callback_url_ + "\r\n"));
  EXPECT_THAT(server.requests().front(), HasSubstr(R"("callback_url":")" + callback_url_));
  callback_url_.clear();
  EXPECT_EQ(Start(config).outcome, AttemptOutcome::kFailedPermanent);
  EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_F(HttpExecutor, EndsWhatGoesOn) {
  LoopbackServer server("");
  const auto stops = Calls(server, {{"answer", "poll"}, {"stop", {{"method", "DELETE"}}}});
  EXPECT_EQ(Stop(stops, server.url() + "/9").outcome, AttemptOutcome::kFailedPermanent);
  EXPECT_THAT(server.requests().front(), StartsWith("DELETE /vote/9 HTTP/1.1\r\n"));
  EXPECT_EQ(Stop(Calls(server, {{"answer", "poll"}}), server.url()).outcome,
            AttemptOutcome::kUnknown);
}

TEST_F(HttpExecutor, CannotTellWhatASecondServerDidUnlessToldHow) {
  LoopbackServer server("");
  EXPECT_EQ(Probe(Calls(server), "").outcome, AttemptOutcome::kUnknown);
  EXPECT_EQ(
      Probe(Calls(server, {{"answer", "poll"}, {"poll", {{"url", server.url()}}}}), "").outcome,
      AttemptOutcome::kUnknown);
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(HttpExecutor, RefusesSettingsThatMakeNoSense) {
  const auto problem = [&](const json::value& config) {
    const auto made = TryStart(config);
    return made ? "was made" : made.error().message;
  };
  EXPECT_THAT(problem({{"url", "ftp://example.com/"}}), HasSubstr("/url: expected https://"));
  EXPECT_THAT(problem({{"url", "https://example.com/"}, {"poll", {{"every", "1m"}}}}),
              HasSubstr("only with answer: poll"));
  EXPECT_THAT(problem({{"url", "https://example.com/"}, {"timeout", "soon"}}),
              HasSubstr("/timeout: expected a duration"));
}

}  // namespace
}  // namespace gatewright::host
