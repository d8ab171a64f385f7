#include "server/http/answer_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatewright::http {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Head(const Response& response, AnswerContext context = {}) {
  context.date = "Thu, 01 Jan 1970 00:00:00 GMT";
  context.request_id = "r-1";
  std::string out;
  AppendAnswerHead(out, context, response);
  return out;
}

TEST(AnswerHead, CarriesEverythingAClientCountsOn) {
  Response response;
  response.body = "{}";
  EXPECT_EQ(Head(response),
            "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\nX-Request-Id: r-1\r\n"
            "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
            "Referrer-Policy: no-referrer\r\n"
            "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'\r\n\r\n");
}

TEST(AnswerHead, LetsAResponseReplaceADefault) {
  Response response;
  response.headers = {{"cache-control", "max-age=60"}};
  EXPECT_THAT(Head(response), HasSubstr("cache-control: max-age=60\r\n"));
  EXPECT_THAT(Head(response), Not(HasSubstr("no-store")));
}

TEST(AnswerHead, LeavesOutWhatWouldBreakTheFraming) {
  Response response;
  response.headers = {{"Location", "/x\r\nSet-Cookie: evil=1"},
                      {"X-Nul", std::string("a\0b", 3)},
                      {"Bad Name", "x"},
                      {"Content-Length", "99"},
                      {"Transfer-Encoding", "chunked"},
                      {"X-Good", "yes"}};
  response.content_type = "text/html\r\nX: y";
  const std::string head = Head(response);
  EXPECT_THAT(head, Not(HasSubstr("evil")));
  EXPECT_THAT(head, Not(HasSubstr("X-Nul")));
  EXPECT_THAT(head, Not(HasSubstr("Bad Name")));
  EXPECT_THAT(head, Not(HasSubstr("99")));
  EXPECT_THAT(head, Not(HasSubstr("chunked")));
  EXPECT_THAT(head, Not(HasSubstr("text/html")));
  EXPECT_THAT(head, HasSubstr("X-Good: yes\r\n"));
}

TEST(AnswerHead, HasNoLengthWithoutABody) {
  for (const int status : {204, 304}) {
    Response response;
    response.status = status;
    EXPECT_THAT(Head(response), Not(HasSubstr("Content-Length"))) << status;
    EXPECT_THAT(Head(response), Not(HasSubstr("Content-Type: "))) << status;
  }
}

TEST(AnswerHead, SaysWhatBecomesOfTheConnection) {
  EXPECT_THAT(Head({}, {{}, {}, 1, false}), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(Head({}, {{}, {}, 0, true}), HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_THAT(Head({}), Not(HasSubstr("Connection")));
}

TEST(AnswerHead, PutsTheRequestIdIntoAProblem) {
  Response response;
  response.wants_request_id = true;
  response.body = R"({"code":"x"})";
  CompleteProblem(response, "r-1");
  EXPECT_EQ(response.body, R"({"code":"x","request_id":"r-1"})");
}

}  // namespace
}  // namespace gatewright::http
