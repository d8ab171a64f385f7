// Bad and unusual input over a real socket: what is answered, and whether the connection stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/test_server.h"

namespace gatewright::http {
namespace {

using testing::HasSubstr;

class FramingOverSocket : public testing::Test {
 protected:
  FramingOverSocket() { server_.Start(); }
  TestServer server_;
};

struct Case {
  const char* name;
  std::string wire;
  int status;
};

class RefusedOverSocket : public FramingOverSocket, public testing::WithParamInterface<Case> {};

TEST_P(RefusedOverSocket, IsAProblemAndTheEndOfTheConnection) {
  RawClient client = server_.Connect();
  const RawAnswer answer = client.Ask(GetParam().wire);
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(answer.Get("content-type"), "application/problem+json");
  EXPECT_EQ(answer.Get("connection"), "close");
  EXPECT_EQ(answer.Get("x-content-type-options"), "nosniff");
  EXPECT_THAT(answer.body,
              HasSubstr("\"request_id\":\"" + std::string(answer.Get("x-request-id"))));
  EXPECT_EQ(client.ReadToEnd(), "") << "nothing may be served behind a broken request";
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedOverSocket,
    testing::Values(
        Case{"BareLfDoesNotHang", "GET /hello HTTP/1.1\n\n", 400},
        Case{"SmuggledBehindTwoLengths",
             "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\n"
             "helloGET /hello HTTP/1.1\r\nHost: x\r\n\r\n",
             400},
        Case{"SmuggledBehindTooLarge",
             "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n" + Get("/hello"),
             413},
        Case{"ChunkedWithLength",
             "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
             "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             400},
        Case{"LongTarget", Get("/" + std::string(9000, 'a')), 414},
        Case{"LargeHeader", Get("/hello", "X: " + std::string(40'000, 'a') + "\r\n"), 431},
        Case{"UnknownEncoding", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
             501},
        Case{"Expectation", Get("/hello", "Expect: wonders\r\n"), 417},
        Case{"Version", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
        Case{"AbsoluteForm", "GET http://x/hello HTTP/1.1\r\nHost: x\r\n\r\n", 400}),
    [](const auto& instance) { return instance.param.name; });

TEST_F(FramingOverSocket, EchoesABodyWhereverItIsCut) {
  const std::string wire =
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n";
  for (std::size_t cut = 1; cut < wire.size(); ++cut) {
    RawClient client = server_.Connect();
    client.Send(std::string_view(wire).substr(0, cut));
    const RawAnswer answer = client.Ask(std::string_view(wire).substr(cut));
    ASSERT_EQ(answer.status, 200) << "cut at " << cut;
    ASSERT_EQ(answer.body, "hello world") << "cut at " << cut;
  }
}

TEST_F(FramingOverSocket, AnswersPipelinedRequestsInOrder) {
  RawClient client = server_.Connect();
  std::string wire;
  for (int i = 0; i < 500; ++i) wire += Get("/items/" + std::to_string(i));
  client.Send(wire);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(client.Read().body, std::to_string(i));
}

TEST_F(FramingOverSocket, AnswersAHalfClosedClient) {
  RawClient client = server_.Connect();
  client.Send(Get("/items/1") + Get("/items/2"));
  client.HalfClose();
  EXPECT_EQ(client.Read().body, "1");
  EXPECT_EQ(client.Read().body, "2");
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(FramingOverSocket, TellsAWaitingClientToContinue) {
  RawClient client = server_.Connect();
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.Ask("ab").body, "ab");
}

TEST_F(FramingOverSocket, AnswersHeadWithTheLengthAndNoBody) {
  RawClient client = server_.Connect();
  client.Send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  const RawAnswer answer = client.Read(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Get("content-length"), "5");
  EXPECT_EQ(client.Ask(Get("/items/next")).body, "next");
}

TEST_F(FramingOverSocket, SpeaksHttp10) {
  RawClient client = server_.Connect();
  const RawAnswer answer = client.Ask("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.Get("connection"), "close");
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(FramingOverSocket, KeepsTheConnectionAfterAnOrdinaryError) {
  RawClient client = server_.Connect();
  EXPECT_EQ(client.Ask(Get("/nope")).status, 404);
  EXPECT_EQ(client.Ask("BREW /hello HTTP/1.1\r\nHost: x\r\n\r\n").status, 501);
  EXPECT_EQ(client.Ask(Get("/hello?x=%zz")).status, 400);
  EXPECT_EQ(client.Ask(Get("/items/%ff")).status, 400);
  const RawAnswer wrong_method = client.Ask(Post("/hello", ""));
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.Get("allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(client.Ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").status, 204);
  EXPECT_EQ(client.Ask(Get("/hello")).status, 200);
}

TEST_F(FramingOverSocket, TakesABodyUpToTheLimit) {
  RawClient client = server_.Connect();
  const std::string body(1024 * 1024, 'x');
  EXPECT_EQ(client.Ask(Post("/echo", body)).body, body);
  EXPECT_EQ(client.Ask(Post("/echo", body + "x")).status, 413);
}

}  // namespace
}  // namespace gatewright::http
