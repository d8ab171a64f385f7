// The executor `assistants`, through the host, against a real server on a loopback address.
#include <cstdlib>

#include "tests/plugins/executor_calls.h"

namespace gatewright::host {
namespace {

namespace json = boost::json;
using gatewright::testing::HttpAnswer;
using gatewright::testing::LoopbackServer;
using ports::AttemptOutcome;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class AssistantsExecutor : public ExecutorCalls {
 protected:
  AssistantsExecutor() : ExecutorCalls("assistants") {}
  ~AssistantsExecutor() override { unsetenv("ASSISTANTS_BASE"); }

  static void BaseIs(const std::string& base) { setenv("ASSISTANTS_BASE", base.c_str(), 1); }
};

TEST_F(AssistantsExecutor, PublishesWhatWasApproved) {
  LoopbackServer server(
      [](const std::string&) { return HttpAnswer(R"({"id": 9})", "201 Created"); });
  BaseIs(server.url() + "/");
  const auto report = Start(json::object{{"path", "/assistants/7"}});
  EXPECT_EQ(report.outcome, AttemptOutcome::kSucceeded) << report.summary;
  EXPECT_EQ(json::parse(report.outputs_json),
            (json::value{{"status", 201}, {"body", {{"id", 9}}}}));
  EXPECT_EQ(sink_.output, R"({"id": 9})");

  ASSERT_THAT(server.requests(), SizeIs(1));
  const std::string request = server.requests().front();
  EXPECT_THAT(request, StartsWith("POST /vote/assistants/7 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nIdempotency-Key: run-42-attempt-2\r\n"));
  EXPECT_EQ(json::parse(request.substr(request.find("\r\n\r\n") + 4)), json::parse(R"({
      "subject": {"environment": "staging"},
      "run": {"id": 42, "workflow": "deployment", "requester": "ann", "subject_digest": "d1"},
      "attempt": {"id": "run-42-attempt-2", "number": 2, "fencing_token": 7, "stage": "QA"}})"));
}

TEST_F(AssistantsExecutor, WithoutItsAddressOnlyTheAttemptFails) {
  const auto report = Start(json::object());
  EXPECT_EQ(report.outcome, AttemptOutcome::kFailedPermanent);
  EXPECT_THAT(report.summary, HasSubstr("ASSISTANTS_BASE is not set"));
  BaseIs("ftp://assistants");
  EXPECT_EQ(Start(json::object()).outcome, AttemptOutcome::kFailedPermanent);
  BaseIs("http://169.254.169.254");
  EXPECT_EQ(Start(json::object()).outcome, AttemptOutcome::kFailedPermanent);
}

TEST_F(AssistantsExecutor, AServiceThatIsDownIsTriedAgain) {
  {
    const LoopbackServer gone("");
    BaseIs(gone.url());
  }
  const auto report = Start(json::object());
  EXPECT_EQ(report.outcome, AttemptOutcome::kFailedTransient) << report.summary;
}

// The table of docs/executors.md.
TEST_F(AssistantsExecutor, TellsFailuresApart) {
  struct Case {
    std::string answer;
    AttemptOutcome plain;
    AttemptOutcome probed;
  };
  const auto status = [](const std::string& line) { return HttpAnswer("", line); };
  constexpr auto kTransient = AttemptOutcome::kFailedTransient;
  constexpr auto kPermanent = AttemptOutcome::kFailedPermanent;
  constexpr auto kUnknown = AttemptOutcome::kUnknown;
  constexpr auto kRunning = AttemptOutcome::kRunning;
  constexpr auto kSucceeded = AttemptOutcome::kSucceeded;
  for (const Case& one : std::vector<Case>{
           {status("200 OK"), kSucceeded, kSucceeded},
           {status("202 Accepted"), kSucceeded, kRunning},
           {status("302 Found"), kPermanent, kPermanent},
           {status("409 Conflict"), kPermanent, kPermanent},
           {status("429 Too Many Requests"), kTransient, kTransient},
           {status("503 Service Unavailable"), kTransient, kTransient},
           {status("500 Internal Server Error"), kUnknown, kRunning},
           {status("502 Bad Gateway"), kUnknown, kRunning},
           {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut", kUnknown, kRunning},
       }) {
    LoopbackServer server([&](const std::string&) { return one.answer; });
    BaseIs(server.url());
    const auto plain = Start(json::object());
    EXPECT_EQ(plain.outcome, one.plain) << one.answer << plain.summary;
    const auto probed = Start(json::object{{"probe", true}});
    EXPECT_EQ(probed.outcome, one.probed) << one.answer << probed.summary;
  }
}

TEST_F(AssistantsExecutor, AsksWhatBecameOfIt) {
  std::string answer;
  LoopbackServer server([&](const std::string&) { return answer; });
  BaseIs(server.url());
  const json::object probing{{"probe", true}};
  answer = HttpAnswer("", "404 Not Found");
  EXPECT_EQ(Probe(probing, "").outcome, AttemptOutcome::kFailedTransient);
  answer = HttpAnswer("", "202 Accepted");
  EXPECT_EQ(Probe(probing, "").outcome, AttemptOutcome::kRunning);
  answer = HttpAnswer("", "405 Method Not Allowed");
  EXPECT_EQ(Probe(probing, "").outcome, AttemptOutcome::kUnknown);
  answer = HttpAnswer(R"({"id": 9})");
  EXPECT_EQ(Probe(probing, "").outcome, AttemptOutcome::kSucceeded);
  answer = HttpAnswer("", "503 Service Unavailable");
  EXPECT_FALSE(TryProbe(probing, ""));
  EXPECT_THAT(server.requests().front(), StartsWith("GET /vote/publications/run-42-attempt-2 "));
  EXPECT_EQ(Probe(json::object(), "").outcome, AttemptOutcome::kUnknown);
}

TEST_F(AssistantsExecutor, ASubjectStaysInThePath) {
  LoopbackServer server("");
  BaseIs(server.url());
  for (const char* path :
       {"/a/../b", "/..", "/a?b=1", "/a#b", "//other", "a", "/a b", "/%2e%2e/a"}) {
    const auto report = Start(json::object{{"path", path}});
    EXPECT_EQ(report.outcome, AttemptOutcome::kFailedPermanent) << path;
  }
  EXPECT_THAT(server.requests(), IsEmpty());
}

}  // namespace
}  // namespace gatewright::host
