// The framer without sockets: the same requests, cut at every place.
#include "server/http/framer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatewright::http {
namespace {

struct Outcome {
  std::vector<Request> requests;
  int error_status = 0;  // 0: none
  bool wants_more = false;
};

// Feeds the pieces one after the other, as reads from a socket would.
Outcome Frame(const std::vector<std::string>& pieces, const FramingLimits& limits = {}) {
  Outcome outcome;
  Framer framer;
  Request request;
  for (const std::string& piece : pieces) {
    std::string_view input = piece;
    while (!input.empty()) {
      const Framer::Progress progress = framer.Feed(input, limits, request);
      if (progress == Framer::Progress::kError) {
        outcome.error_status = framer.error().status;
        return outcome;
      }
      if (progress == Framer::Progress::kRequest) {
        outcome.requests.push_back(request);
        request = {};
      }
    }
  }
  outcome.wants_more = framer.stage() != Framer::Stage::kIdle;
  return outcome;
}

constexpr char kHost[] = "Host: x\r\n";

TEST(Framer, ReadsARequestWithABody) {
  const Outcome outcome =
      Frame({"POST /a?b=1 HTTP/1.1\r\nHost: x\r\nX-One:  two \r\n"
             "Content-Length: 5\r\n\r\nhello"});
  ASSERT_EQ(outcome.requests.size(), 1u);
  const Request& request = outcome.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/a?b=1");
  EXPECT_EQ(request.Get("x-one"), "two");
  EXPECT_EQ(request.body, "hello");
}

// Three pipelined requests, two of them with bodies, one chunked with extension and trailer.
TEST(Framer, GivesTheSameRequestsWhereverTheBytesAreCut) {
  const std::string wire = std::string("GET /1 HTTP/1.1\r\n") + kHost + "\r\n" +
                           "POST /2 HTTP/1.1\r\n" + kHost +
                           "Transfer-Encoding: chunked\r\n\r\n"
                           "5;ext=1\r\nhello\r\n06\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n" +
                           "POST /3 HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\n\r\nabc";
  for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
    for (std::size_t second = cut; second <= wire.size(); second += 7) {
      const Outcome outcome =
          Frame({wire.substr(0, cut), wire.substr(cut, second - cut), wire.substr(second)});
      ASSERT_EQ(outcome.requests.size(), 3u) << "cut at " << cut << " and " << second;
      EXPECT_EQ(outcome.requests[1].body, "hello world");
      EXPECT_EQ(outcome.requests[2].body, "abc");
      EXPECT_FALSE(outcome.wants_more);
    }
  }
}

TEST(Framer, GivesTheSameRequestsByteByByte) {
  const std::string wire = std::string("POST /2 HTTP/1.1\r\n") + kHost +
                           "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  std::vector<std::string> bytes;
  for (const char c : wire) bytes.emplace_back(1, c);
  const Outcome outcome = Frame(bytes);
  ASSERT_EQ(outcome.requests.size(), 1u);
  EXPECT_EQ(outcome.requests[0].body, "hello");
}

struct BadInput {
  const char* name;
  std::string wire;
  int status;
};

class FramerRefuses : public testing::TestWithParam<BadInput> {};

std::string WithHeader(const std::string& header) {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\nhello";
}

std::string Chunked(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
}

TEST_P(FramerRefuses, WholeAndCutAnywhere) {
  const std::string& wire = GetParam().wire;
  EXPECT_EQ(Frame({wire}).error_status, GetParam().status);
  for (std::size_t cut = 1; cut < wire.size() && wire.size() < 1000; ++cut) {
    EXPECT_EQ(Frame({wire.substr(0, cut), wire.substr(cut)}).error_status, GetParam().status)
        << "cut at " << cut;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, FramerRefuses,
    testing::Values(
        BadInput{"LengthMinus1", WithHeader("Content-Length: -1"), 400},
        BadInput{"LengthLetters", WithHeader("Content-Length: abc"), 400},
        BadInput{"LengthHex", WithHeader("Content-Length: 0x5"), 400},
        BadInput{"LengthEmpty", WithHeader("Content-Length: "), 400},
        BadInput{"LengthTail", WithHeader("Content-Length: 5abc"), 400},
        BadInput{"LengthPlus", WithHeader("Content-Length: +5"), 400},
        BadInput{"LengthList", WithHeader("Content-Length: 5, 5"), 400},
        BadInput{"LengthOverflow", WithHeader("Content-Length: 999999999999999999999999"), 400},
        BadInput{"LengthTwice", WithHeader("Content-Length: 5\r\nContent-Length: 3"), 400},
        BadInput{"LengthTwiceEqual", WithHeader("Content-Length: 5\r\nContent-Length: 5"), 400},
        BadInput{"LengthHuge", WithHeader("Content-Length: 1099511627776"), 413},
        BadInput{"LengthAndChunked", WithHeader("Content-Length: 5\r\nTransfer-Encoding: chunked"),
                 400},
        BadInput{"ChunkedTwice",
                 WithHeader("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400},
        BadInput{"EncodingPrefix", WithHeader("Transfer-Encoding: chunk"), 501},
        BadInput{"EncodingGzip", WithHeader("Transfer-Encoding: gzip, chunked"), 501},
        BadInput{"EncodingEmpty", WithHeader("Transfer-Encoding: "), 501},
        BadInput{"BlankBeforeColon", WithHeader("Content-Length : 5"), 400},
        BadInput{"Folded", WithHeader("X-A: 1\r\n continued"), 400},
        BadInput{"NoColon", WithHeader("nonsense"), 400},
        BadInput{"BareLf", WithHeader("X-A: 1\nX-B: 2"), 400},
        BadInput{"BareCr", WithHeader("X-A: 1\rX-B: 2"), 400},
        BadInput{"Nul", WithHeader(std::string("X-A: 1\0", 7)), 400},
        BadInput{"Expectation", WithHeader("Expect: miracles"), 417},
        BadInput{"TwoHosts", WithHeader("Host: y"), 400},
        BadInput{"HostWithPath", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400},
        BadInput{"NoHost", "GET / HTTP/1.1\r\nX-A: b\r\n\r\n", 400},
        BadInput{"BareLfRequestLine", "GET / HTTP/1.1\n\n", 400},
        BadInput{"AbsoluteForm", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        BadInput{"NoSlash", "GET Xhello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        BadInput{"StarForGet", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        BadInput{"Fragment", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        BadInput{"HighByte", "GET /\xC3\xA9 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        BadInput{"TwoBlanks", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        BadInput{"VersionH", "GET / H\r\nHost: x\r\n\r\n", 400},
        BadInput{"VersionMissing", "GET /\r\nHost: x\r\n\r\n", 400},
        BadInput{"Version2", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        BadInput{"OnlyEmptyLines", "\r\n\r\nGET / HTTP/1.1\r\n", 400},
        BadInput{"Tls", std::string("\x16\x03\x01\x02\x00\x01\x00", 7), 400},
        BadInput{"LongTarget", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n",
                 414},
        BadInput{"EndlessTarget", "GET /" + std::string(40000, 'a'), 414},
        BadInput{"EndlessHeader", "GET / HTTP/1.1\r\nX: " + std::string(40000, 'a'), 431},
        BadInput{"ChunkNegative", Chunked("-5\r\nhello\r\n0\r\n\r\n"), 400},
        BadInput{"ChunkLetters", Chunked("zz\r\nhello\r\n0\r\n\r\n"), 400},
        BadInput{"ChunkEmptySize", Chunked("\r\nhello\r\n0\r\n\r\n"), 400},
        BadInput{"ChunkHugeSize", Chunked("ffffffffffffffff\r\nhello\r\n"), 400},
        BadInput{"ChunkTooLarge", Chunked("ffffff\r\nhello\r\n"), 413},
        BadInput{"ChunkLongerThanSize", Chunked("3\r\nhello\r\n0\r\n\r\n"), 400},
        BadInput{"ChunkBareLf", Chunked("5\nhello\n0\n\n"), 400},
        BadInput{"TrailersEndless", Chunked("0\r\nX: " + std::string(5000, 'a')), 431}),
    [](const auto& instance) { return instance.param.name; });

TEST(Framer, RefusesTheHundredAndFirstHeader) {
  std::string wire = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 100; ++i) wire += "X: 1\r\n";
  EXPECT_EQ(Frame({wire + "\r\n"}).error_status, 431);
}

TEST(Framer, ForgivesOneEmptyLineBeforeTheRequest) {
  EXPECT_EQ(Frame({"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"}).requests.size(), 1u);
  EXPECT_EQ(Frame({"\r", "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"}).requests.size(), 1u);
}

TEST(Framer, AsksForTheBodyOnceWhenTheClientWaits) {
  Framer framer;
  Request request;
  std::string_view head =
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  EXPECT_EQ(framer.Feed(head, {}, request), Framer::Progress::kNeedMore);
  EXPECT_TRUE(framer.TakeWantsContinue());
  EXPECT_FALSE(framer.TakeWantsContinue());
  std::string_view body = "ab";
  EXPECT_EQ(framer.Feed(body, {}, request), Framer::Progress::kRequest);
}

TEST(Framer, KeepsAliveAsTheVersionAndTheClientSay) {
  const auto keeps = [](std::string_view wire) {
    Framer framer;
    Request request;
    framer.Feed(wire, {}, request);
    return framer.facts().keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

}  // namespace
}  // namespace gatewright::http
