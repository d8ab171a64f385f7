// Server-Sent Events over real connections: single streams and the live feed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <future>
#include <thread>

#include "tests/http/test_server.h"

namespace gatewright::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::shared_ptr<const std::string> Bytes(std::int64_t position, std::size_t padding = 0) {
  return std::make_shared<const std::string>("id: " + std::to_string(position) + "\ndata: x" +
                                             std::string(padding, 'p') + "\n\n");
}

// A log in memory that answers on a thread of its own.
class MemoryLog : public FeedSource {
 public:
  ~MemoryLog() override {
    for (std::thread& thread : threads_) thread.join();
  }

  void ReadAfter(std::int64_t position, std::size_t limit, Done done) override {
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([this, position, limit, done = std::move(done)] {
      Frames page;
      {
        const std::lock_guard inner(mutex_);
        for (auto i = static_cast<std::size_t>(position); i < log_.size() && page.size() < limit;
             ++i) {
          page.push_back(log_[i]);
        }
      }
      done(std::move(page));
    });
  }

  // The position before the new frames, and the frames.
  std::pair<std::int64_t, std::vector<Frame>> Append(int count, std::size_t padding = 0) {
    const std::lock_guard lock(mutex_);
    const auto after = static_cast<std::int64_t>(log_.size());
    std::vector<Frame> frames;
    for (std::int64_t position = after + 1; position <= after + count; ++position) {
      frames.push_back({position, position % 5, "deployment", Bytes(position, padding)});
    }
    log_.insert(log_.end(), frames.begin(), frames.end());
    return {after, frames};
  }

 private:
  std::mutex mutex_;
  std::vector<Frame> log_;
  std::vector<std::thread> threads_;
};

std::int64_t IdOf(std::string_view event) {
  std::int64_t id = 0;
  const std::size_t begin = event.find("id: ") + 4;
  std::from_chars(event.data() + begin, event.data() + event.size(), id);
  return id;
}

class StreamTest : public testing::Test {
 protected:
  StreamTest() {
    server_.feed = log_;
    server_.router.Add("GET", "/feed", [](const Request& request, const Responder& reply) {
      Subscription subscription;
      const std::string since(request.Query("since").value_or("0"));
      subscription.cursor = std::stoll(since);
      if (const auto run = request.Query("run")) {
        subscription.matches = [id = std::stoll(std::string(*run))](const Frame& frame) {
          return frame.run_id == id;
        };
      }
      Response head;
      head.body = ": hi\n\n";
      reply.Subscribe(std::move(head), std::move(subscription));
    });
    server_.router.Add("GET", "/stream", [this](const Request&, const Responder& reply) {
      opened_.set_value(reply.OpenStream({}, [this] { closed_.set_value(); }));
    });
  }

  RawClient Subscribe(std::int64_t since, int receive_buffer = 0) {
    RawClient client = server_.Connect(receive_buffer);
    client.Send(Get("/feed?since=" + std::to_string(since)));
    EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("200 OK"));
    EXPECT_EQ(client.ReadUntil("\n\n"), ": hi\n\n");
    return client;
  }

  void Publish(int count, std::size_t padding = 0) {
    auto [after, frames] = log_->Append(count, padding);
    server_.server().Publish(after, std::move(frames));
  }

  static void ExpectIds(RawClient& client, std::int64_t first, std::int64_t last) {
    for (std::int64_t id = first; id <= last; ++id) ASSERT_EQ(IdOf(client.ReadUntil("\n\n")), id);
  }

  std::shared_ptr<MemoryLog> log_ = std::make_shared<MemoryLog>();
  std::promise<Stream> opened_;
  std::promise<void> closed_;
  TestServer server_;
};

TEST_F(StreamTest, CarriesWhatItsOwnerWrites) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send(Get("/stream"));
  const std::string head = client.ReadUntil("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(head, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(head, HasSubstr("X-Accel-Buffering: no\r\n"));
  EXPECT_THAT(head, HasSubstr("Cache-Control: no-store\r\n"));
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  const Stream stream = opened_.get_future().get();
  EXPECT_TRUE(stream.Write("data: 1\n\n"));
  EXPECT_TRUE(stream.Write("data: 2\n\n"));
  stream.Close();
  EXPECT_EQ(client.ReadToEnd(), "data: 1\n\ndata: 2\n\n");
}

TEST_F(StreamTest, IgnoresWhatComesBehindItsRequest) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send(Get("/hello") + Get("/stream") + Get("/hello") + "garbage");
  EXPECT_EQ(client.Read().body, "hello");
  const Stream stream = opened_.get_future().get();
  client.Send("more");
  EXPECT_TRUE(stream.Write("data: 1\n\n"));
  stream.Close();
  client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(client.ReadToEnd(), "data: 1\n\n");
}

TEST_F(StreamTest, TellsItsOwnerWhenTheClientLeaves) {
  server_.Start();
  auto client = std::make_unique<RawClient>(server_.port());
  client->Send(Get("/stream"));
  const Stream stream = opened_.get_future().get();
  client.reset();
  closed_.get_future().get();
  EXPECT_FALSE(stream.Write("nobody reads this"));
  EXPECT_EQ(server_.server().Stats().streams, 0);
}

TEST_F(StreamTest, IsClosedWhenItsReaderIsTooSlow) {
  server_.Start();
  RawClient silent = server_.Connect(4096);
  silent.Send(Get("/stream"));
  const Stream stream = opened_.get_future().get();
  const auto chunk = std::make_shared<const std::string>(32 * 1024, 'x');
  for (int i = 0; i < 100; ++i) stream.Write(chunk);
  closed_.get_future().get();
  EXPECT_EQ(server_.server().Stats().slow_killed, 1);
}

TEST_F(StreamTest, PingsWhileNothingHappens) {
  server_.options.ping_every = 50ms;
  server_.Start();
  RawClient client = Subscribe(0);
  EXPECT_EQ(client.ReadUntil("\n\n"), ": ping\n\n");
  EXPECT_EQ(client.ReadUntil("\n\n"), ": ping\n\n");
}

TEST_F(StreamTest, FollowsTheFeedFromItsCursor) {
  server_.Start();
  Publish(10);
  RawClient from_start = Subscribe(0);
  RawClient from_seven = Subscribe(7);
  Publish(5);
  ExpectIds(from_start, 1, 15);
  ExpectIds(from_seven, 8, 15);
}

TEST_F(StreamTest, ReadsTheFarPastFromTheSource) {
  log_->Append(3000);
  server_.Start();
  RawClient client = Subscribe(0);
  Publish(3);
  ExpectIds(client, 1, 3003);
}

TEST_F(StreamTest, SendsOnlyWhatMatches) {
  server_.Start();
  Publish(5);
  RawClient client = server_.Connect();
  client.Send(Get("/feed?run=3"));
  client.ReadUntil(": hi\n\n");
  Publish(10);
  for (const std::int64_t id : {3, 8, 13}) EXPECT_EQ(IdOf(client.ReadUntil("\n\n")), id);
}

TEST_F(StreamTest, LosesAndDoublesNothingWhileReadersLeaveAndComeBack) {
  constexpr int kBatches = 600;
  constexpr int kPerBatch = 9;
  constexpr std::int64_t kTotal = 500 + kBatches * kPerBatch;
  server_.Start();
  log_->Append(500);
  std::thread publisher([&] {
    for (int i = 0; i < kBatches; ++i) {
      Publish(kPerBatch, static_cast<std::size_t>(i % 7) * 40);
      if (i % 3 == 0) std::this_thread::yield();
    }
  });
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int r = 0; r < 6; ++r) {
    readers.emplace_back([&, r] {
      std::int64_t cursor = r * 50;
      while (cursor < kTotal && wrong == 0) {
        RawClient client = Subscribe(cursor);
        for (int i = 0; i < 700 + r * 100 && cursor < kTotal; ++i) {
          const std::int64_t id = IdOf(client.ReadUntil("\n\n"));
          if (id != cursor + 1) ++wrong;
          cursor = id;
        }
      }
    });
  }
  publisher.join();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(StreamTest, ClosesAFeedSubscriberThatDoesNotReadAndKeepsTheOthers) {
  server_.options.workers = 1;
  server_.Start();
  RawClient silent = Subscribe(0, 4096);
  RawClient reader = Subscribe(0);
  std::int64_t id = 0;
  while (server_.server().Stats().slow_killed == 0 && id < 5000) {
    Publish(1, 4096);
    ExpectIds(reader, id + 1, id + 1);
    ++id;
  }
  EXPECT_EQ(server_.server().Stats().slow_killed, 1);
  Publish(1);
  ExpectIds(reader, id + 1, id + 1);
}

TEST_F(StreamTest, AnswersHeadWithoutOpening) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send("HEAD /feed HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), testing::EndsWith("\r\n\r\n"));
}

}  // namespace
}  // namespace gatewright::http
