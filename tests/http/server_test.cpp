// The server as its clients and its hooks see it.
#include "server/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server/http/problem.h"
#include "tests/http/test_server.h"

namespace gatewright::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class ServerTest : public testing::Test {
 protected:
  TestServer server_;
};

TEST_F(ServerTest, AnswersWithEverythingAClientCountsOn) {
  server_.Start();
  const RawAnswer answer = server_.Connect().Ask(Get("/hello", "X-Request-Id: abc-1\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.Get("x-request-id"), "abc-1");
  EXPECT_EQ(answer.Get("cache-control"), "no-store");
  EXPECT_EQ(answer.Get("date").size(), 29u);
}

TEST_F(ServerTest, MakesARequestIdInsteadOfAnUnsafeOne) {
  server_.Start();
  const RawAnswer answer = server_.Connect().Ask(Get("/hello", "X-Request-Id: a b\r\n"));
  EXPECT_EQ(answer.Get("x-request-id").size(), 36u);
}

TEST_F(ServerTest, AsksTheBeforeHookFirst) {
  server_.hooks.before = [](Request& request) -> std::optional<Response> {
    if (request.Get("authorization").empty()) return Problem(401, "no_token", "Expected a token.");
    request.context = std::make_shared<const std::string>("alice");
    return std::nullopt;
  };
  server_.router.Add("GET", "/me", [](const Request& request, const Responder& reply) {
    reply.Send(Text(*static_cast<const std::string*>(request.context.get())));
  });
  server_.Start();
  RawClient client = server_.Connect();
  EXPECT_EQ(client.Ask(Get("/me")).status, 401);
  EXPECT_EQ(client.Ask(Get("/me", "Authorization: x\r\n")).body, "alice");
}

TEST_F(ServerTest, TellsTheHooksAboutEveryAnswer) {
  std::mutex mutex;
  std::vector<std::string> seen;
  server_.hooks.after = [](const Request&, Response& response) {
    response.headers.push_back({"X-After", "yes"});
  };
  server_.hooks.observed = [&](std::string_view route, std::string_view method, int status,
                               double seconds) {
    EXPECT_GE(seconds, 0);
    const std::lock_guard lock(mutex);
    seen.push_back(std::string(method) + " " + std::string(route) + " " + std::to_string(status));
  };
  server_.Start();
  RawClient client = server_.Connect();
  EXPECT_EQ(client.Ask(Get("/items/7")).Get("x-after"), "yes");
  client.Ask(Get("/nope"));
  client.Send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  client.Read(true);
  EXPECT_EQ(client.Ask("nonsense\r\n\r\n").Get("x-after"), "yes");
  const std::lock_guard lock(mutex);
  EXPECT_EQ(seen, (std::vector<std::string>{"GET /items/:id 200", "GET (none) 404",
                                            "HEAD /hello 200", " (none) 400"}));
}

TEST_F(ServerTest, SeesWhoCalls) {
  server_.router.Add("GET", "/peer", [](const Request& request, const Responder& reply) {
    reply.Send(Text(request.peer));
  });
  server_.options.host = "::";
  server_.Start();
  EXPECT_EQ(server_.Connect().Ask(Get("/peer")).body, "127.0.0.1");
}

TEST_F(ServerTest, SendsALargeSharedBodyAsItIs) {
  const auto file = std::make_shared<const std::string>(1'700'000, 'j');
  server_.router.Add("GET", "/file", [file](const Request&, const Responder& reply) {
    Response response;
    response.content_type = "text/javascript";
    response.shared_body = file;
    response.headers = {{"Cache-Control", "max-age=3600"}};
    reply.Send(std::move(response));
  });
  server_.Start();
  RawClient client = server_.Connect();
  const RawAnswer answer = client.Ask(Get("/file"));
  EXPECT_EQ(answer.body, *file);
  EXPECT_EQ(answer.Get("cache-control"), "max-age=3600");
  EXPECT_EQ(client.Ask(Get("/hello")).body, "hello");
}

TEST_F(ServerTest, SendsNoBodyWith304) {
  server_.router.Add("GET", "/cached", [](const Request&, const Responder& reply) {
    Response response = Text("must not be sent");
    response.status = 304;
    response.headers = {{"ETag", "\"1-2\""}};
    reply.Send(std::move(response));
  });
  server_.Start();
  RawClient client = server_.Connect();
  const RawAnswer answer = client.Ask(Get("/cached"));
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.Get("etag"), "\"1-2\"");
  EXPECT_FALSE(answer.Has("content-length"));
  EXPECT_EQ(client.Ask(Get("/hello")).body, "hello");
}

TEST_F(ServerTest, ShowsNothingOfWhatAHandlerThrew) {
  server_.router.Add("GET", "/throw", [](const Request&, const Responder&) {
    throw std::runtime_error("secret password");
  });
  server_.router.Add("GET", "/throw42", [](const Request&, const Responder&) { throw 42; });
  server_.Start();
  RawClient client = server_.Connect();
  for (const char* path : {"/throw", "/throw42"}) {
    const RawAnswer answer = client.Ask(Get(path));
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(answer.body, HasSubstr("internal_error"));
    EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
  }
  EXPECT_EQ(client.Ask(Get("/hello")).body, "hello");
  EXPECT_THAT(server_.Logged().front(), HasSubstr("secret password"));
}

TEST_F(ServerTest, IgnoresAThrowAfterTheAnswer) {
  server_.router.Add("GET", "/both", [](const Request&, const Responder& reply) {
    reply.Send(Text("answered"));
    throw std::runtime_error("too late");
  });
  server_.Start();
  RawClient client = server_.Connect();
  EXPECT_EQ(client.Ask(Get("/both")).body, "answered");
  EXPECT_EQ(client.Ask(Get("/hello")).body, "hello");
}

TEST_F(ServerTest, TimesOutASlowHeader) {
  server_.options.header_time = 100ms;
  server_.Start();
  RawClient client = server_.Connect();
  client.Send("GET /hello HTTP/1.1\r\nHost:");
  EXPECT_EQ(client.Read().status, 408);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(ServerTest, TimesOutASlowHeaderOfALaterRequestToo) {
  server_.options.header_time = 100ms;
  server_.Start();
  RawClient client = server_.Connect();
  EXPECT_EQ(client.Ask(Get("/hello")).status, 200);
  client.Send("G");
  EXPECT_EQ(client.Read().status, 408);
}

TEST_F(ServerTest, TimesOutASlowBodyAndAnIdleConnection) {
  server_.options.body_time = 100ms;
  server_.options.idle_time = 100ms;
  server_.Start();
  RawClient slow = server_.Connect();
  slow.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
  EXPECT_EQ(slow.Read().status, 408);
  RawClient idle = server_.Connect();
  idle.Ask(Get("/hello"));
  EXPECT_EQ(idle.ReadToEnd(), "");
}

TEST_F(ServerTest, LeavesOthersAloneWhenAClientDoesNotRead) {
  const auto file = std::make_shared<const std::string>(20'000'000, 'j');
  server_.router.Add("GET", "/file", [file](const Request&, const Responder& reply) {
    Response response;
    response.shared_body = file;
    reply.Send(std::move(response));
  });
  server_.options.workers = 1;
  server_.options.stall_time = 300ms;
  server_.Start();
  RawClient silent = server_.Connect(4096);
  silent.Send(Get("/file"));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(server_.Connect().Ask(Get("/hello")).body, "hello");
  EXPECT_TRUE(TestServer::Eventually([&] { return server_.server().Stats().slow_killed == 1; }));
}

TEST_F(ServerTest, StopsReadingFromAClientThatPipelinesWithoutReading) {
  server_.options.workers = 1;
  server_.options.stall_time = 300ms;
  server_.Start();
  RawClient silent = server_.Connect(4096);
  std::string requests;
  for (int i = 0; i < 1000; ++i) requests += Get("/hello");
  std::thread flood([&] {
    while (silent.Send(requests)) {
    }
  });
  EXPECT_TRUE(TestServer::Eventually([&] { return server_.server().Stats().slow_killed == 1; }));
  flood.join();
  EXPECT_EQ(server_.Connect().Ask(Get("/hello")).body, "hello");
}

TEST_F(ServerTest, RefusesConnectionsAboveTheLimit) {
  server_.options.max_connections = 3;
  server_.Start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server_.Connect());
    EXPECT_EQ(clients.back().Ask(Get("/hello")).status, 200);
  }
  const RawAnswer refused = server_.Connect().Read();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.Get("retry-after"), "1");
  clients.pop_back();
  EXPECT_TRUE(TestServer::Eventually([&] { return server_.server().Stats().connections == 2; }));
  EXPECT_EQ(server_.Connect().Ask(Get("/hello")).status, 200);
}

TEST_F(ServerTest, SaysWhyItCannotListen) {
  server_.Start();
  ServerOptions options;
  options.port = server_.port();
  Server second(options, Router(), {});
  const auto port = second.Start();
  ASSERT_FALSE(port);
  EXPECT_THAT(port.error().message, HasSubstr("Address already in use"));
  options.host = "999.0.0.1";
  Server third(options, Router(), {});
  EXPECT_EQ(third.Start().error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace gatewright::http
