// Bodies of bytes that are written as they come: whole or visibly cut off, and never faster than
// they are read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

#include "tests/http/test_server.h"

namespace gatewright::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class ByteStreamTest : public testing::Test {
 protected:
  ByteStreamTest() {
    server_.router.Add("GET", "/bytes", [this](const Request&, const Responder& reply) {
      Response head;
      head.content_type = "text/plain";
      head.body = "first";
      opened_.set_value(reply.OpenBytes(std::move(head),
                                        {[this] { closed_.set_value(); }, [this] { ++drained_; }}));
    });
  }

  RawClient Open(int receive_buffer = 0) {
    RawClient client = server_.Connect(receive_buffer);
    client.Send(Get("/bytes"));
    head_ = client.ReadUntil("\r\n\r\n");
    stream_ = opened_.get_future().get();
    return client;
  }

  std::promise<Stream> opened_;
  std::promise<void> closed_;
  std::atomic<int> drained_{0};
  std::string head_;
  Stream stream_;
  TestServer server_;
};

TEST_F(ByteStreamTest, IsChunkedAndEndsWithAnEmptyChunk) {
  server_.Start();
  RawClient client = Open();
  EXPECT_THAT(head_, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(head_, HasSubstr("Content-Type: text/plain\r\n"));
  EXPECT_THAT(head_, HasSubstr("X-Accel-Buffering: no\r\n"));
  EXPECT_THAT(head_, Not(HasSubstr("Content-Length")));
  EXPECT_TRUE(stream_.Write("second\n"));
  EXPECT_TRUE(stream_.Write(""));
  EXPECT_TRUE(stream_.Write(std::string(100'000, 'x')));
  stream_.Close();
  EXPECT_EQ(client.ReadChunk(), "first");
  EXPECT_EQ(client.ReadChunk(), "second\n");
  EXPECT_EQ(client.ReadChunk(), std::string(100'000, 'x'));
  EXPECT_EQ(client.ReadChunk(), "");
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(ByteStreamTest, AnAbortedBodyHasNoLastChunk) {
  server_.Start();
  RawClient client = Open();
  stream_.Write("second");
  stream_.Abort();
  EXPECT_EQ(client.ReadChunk(), "first");
  EXPECT_EQ(client.ReadChunk(), "second");
  EXPECT_EQ(client.ReadChunk(), std::nullopt);
  closed_.get_future().get();
}

TEST_F(ByteStreamTest, ABodyThatAShutdownEndsHasNoLastChunk) {
  server_.Start();
  RawClient client = Open();
  server_.server().Shutdown(1s);
  EXPECT_EQ(client.ReadToEnd(), "5\r\nfirst\r\n");
}

TEST_F(ByteStreamTest, AnOldClientGetsTheBytesAsTheyAre) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send("GET /bytes HTTP/1.0\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), Not(HasSubstr("Transfer-Encoding")));
  stream_ = opened_.get_future().get();
  stream_.Write("second");
  stream_.Close();
  EXPECT_EQ(client.ReadToEnd(), "firstsecond");
}

TEST_F(ByteStreamTest, HeadHasNoBody) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send("HEAD /bytes HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), testing::EndsWith("\r\n\r\n"));
  closed_.get_future().get();
}

TEST_F(ByteStreamTest, NothingIsWrittenInSilence) {
  server_.options.ping_every = 10ms;
  server_.options.workers = 1;
  server_.router.Add("GET", "/events", [](const Request&, const Responder& reply) {
    const Stream opened = reply.OpenStream({});
  });
  server_.Start();
  RawClient client = Open();
  RawClient events = server_.Connect();
  events.Send(Get("/events"));
  events.ReadUntil(": ping\n\n");
  events.ReadUntil(": ping\n\n");
  stream_.Close();
  EXPECT_EQ(client.ReadToEnd(), "5\r\nfirst\r\n0\r\n\r\n");
}

TEST_F(ByteStreamTest, WhoWritesIsToldWhenItsReaderHasCaughtUp) {
  server_.Start();
  RawClient client = Open(4096);
  EXPECT_EQ(client.ReadChunk(), "first");
  const auto part = std::make_shared<const std::string>(64 * 1024, 'x');
  for (int i = 1; i <= 50; ++i) {
    stream_.Write(part);
    stream_.NotifyWhenDrained();
    ASSERT_EQ(client.ReadChunk(), *part);
    while (drained_ < i) std::this_thread::yield();
  }
  stream_.Close();
  EXPECT_EQ(client.ReadChunk(), "");
}

TEST_F(ByteStreamTest, AReaderThatTakesNothingIsCutOff) {
  server_.options.stall_time = 100ms;
  server_.Start();
  RawClient silent = Open(4096);
  for (int written = 0; written <= drained_; ++written) {
    ASSERT_LT(written, 100);
    stream_.Write(std::string(64 * 1024, 'x'));
    stream_.NotifyWhenDrained();
    for (int i = 0; i < 200 && drained_ <= written; ++i) std::this_thread::sleep_for(1ms);
  }
  closed_.get_future().get();
  EXPECT_EQ(server_.server().Stats().slow_killed, 1);
  EXPECT_EQ(server_.server().Stats().streams, 0);
}

TEST_F(ByteStreamTest, AClientThatLeavesIsNoticed) {
  server_.Start();
  { const RawClient client = Open(); }
  closed_.get_future().get();
  EXPECT_FALSE(stream_.Write("nobody reads this"));
}

}  // namespace
}  // namespace gatewright::http
