// Answers that come from elsewhere, later, twice, or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tests/http/test_server.h"

namespace gatewright::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class ResponderTest : public testing::Test {
 protected:
  ResponderTest() { server_.router.Add("GET", "/later", parked_.MakeHandler()); }

  std::int64_t Dropped() { return server_.server().Stats().dropped_answers; }

  Parked parked_;  // outlives the server
  TestServer server_;
};

TEST_F(ResponderTest, AnswersFromAnotherThread) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send(Get("/later"));
  parked_.Take().Send(Text("from afar"));
  EXPECT_EQ(client.Read().body, "from afar");
}

TEST_F(ResponderTest, RendersOnTheWorker) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send(Get("/later"));
  const auto here = std::this_thread::get_id();
  parked_.Take().Answer([here] {
    return Text(std::this_thread::get_id() == here ? "same thread" : "another thread");
  });
  EXPECT_EQ(client.Read().body, "another thread");
}

TEST_F(ResponderTest, Answers500WhenRenderingThrows) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send(Get("/later"));
  parked_.Take().Answer([]() -> Response { throw std::runtime_error("secret"); });
  const RawAnswer answer = client.Read();
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
}

TEST_F(ResponderTest, CountsTheFirstAnswerOnly) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send(Get("/later"));
  const Responder reply = parked_.Take();
  const Responder copy = reply;
  reply.Send(Text("first"));
  copy.Send(Text("second"));
  EXPECT_EQ(client.Read().body, "first");
  EXPECT_EQ(client.Ask(Get("/hello")).body, "hello");
  EXPECT_EQ(Dropped(), 1);
}

TEST_F(ResponderTest, Answers500WhenEverybodyForgets) {
  server_.router.Add("GET", "/forgotten", [](const Request&, const Responder&) {});
  server_.Start();
  RawClient client = server_.Connect();
  EXPECT_EQ(client.Ask(Get("/forgotten")).status, 500);
  client.Send(Get("/later"));
  { const Responder dropped = parked_.Take(); }
  const RawAnswer answer = client.Read();
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("no_answer"));
}

TEST_F(ResponderTest, DropsAnAnswerToAClientThatHasLeft) {
  server_.Start();
  {
    RawClient client = server_.Connect();
    client.Send(Get("/later"));
    const Responder reply = parked_.Take();
    client.Reset();
    ASSERT_TRUE(TestServer::Eventually([&] { return server_.server().Stats().connections == 0; }));
    reply.Send(Text("nobody there"));
  }
  EXPECT_TRUE(TestServer::Eventually([&] { return Dropped() == 1; }));
  EXPECT_EQ(server_.server().Stats().in_flight, 0);
}

// The descriptor's number is used again at once; the id is not.
TEST_F(ResponderTest, NeverGivesALateAnswerToTheNextClient) {
  server_.options.workers = 1;
  server_.Start();
  for (int i = 0; i < 50; ++i) {
    RawClient first = server_.Connect();
    first.Send(Get("/later"));
    const Responder late = parked_.Take();
    first.Reset();
    RawClient second = server_.Connect();
    second.Send(Get("/later"));
    const Responder right = parked_.Take();
    late.Send(Text("for the first"));
    right.Send(Text("for the second"));
    ASSERT_EQ(second.Read().body, "for the second");
  }
}

TEST_F(ResponderTest, Answers503WhenNobodyAnswersInTime) {
  server_.router.Add("GET", "/impatient", parked_.MakeHandler(), {"", 100ms});
  server_.Start();
  RawClient client = server_.Connect();
  client.Send(Get("/impatient"));
  const Responder late = parked_.Take();
  const RawAnswer answer = client.Read();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Get("retry-after"), "1");
  late.Send(Text("too late"));
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_TRUE(TestServer::Eventually([&] { return Dropped() == 1; }));
}

TEST_F(ResponderTest, KeepsPipelinedAnswersInOrder) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send(Get("/later") + Get("/hello") + Get("/later"));
  client.HalfClose();
  parked_.Take().Send(Text("one"));
  EXPECT_EQ(client.Read().body, "one");
  EXPECT_EQ(client.Read().body, "hello");
  parked_.Take().Send(Text("three"));
  EXPECT_EQ(client.Read().body, "three");
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(ResponderTest, MayOutliveTheServer) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send(Get("/later"));
  const Responder reply = parked_.Take();
  server_.server().Shutdown(0ms);
  reply.Send(Text("into the void"));
}

// Many clients, answers from two threads in any order, some clients leave: each gets its own.
TEST_F(ResponderTest, GivesEveryClientItsOwnAnswer) {
  std::mutex mutex;
  std::vector<std::pair<Responder, std::string>> waiting;
  std::atomic<bool> is_over{false};
  server_.router.Add("GET", "/tagged/:tag", [&](const Request& request, Responder reply) {
    const std::lock_guard lock(mutex);
    waiting.emplace_back(std::move(reply), request.Param("tag"));
  });
  server_.Start();
  const auto answer = [&](unsigned seed) {
    std::mt19937 random(seed);
    while (!is_over) {
      std::unique_lock lock(mutex);
      if (waiting.empty()) {
        lock.unlock();
        std::this_thread::yield();
        continue;
      }
      std::swap(waiting[random() % waiting.size()], waiting.back());
      auto [reply, tag] = std::move(waiting.back());
      waiting.pop_back();
      lock.unlock();
      reply.Send(Text(tag));
    }
  };
  std::thread answerers[] = {std::thread(answer, 1), std::thread(answer, 2)};
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      std::mt19937 random(static_cast<unsigned>(c));
      for (int round = 0; round < 60; ++round) {
        RawClient client = server_.Connect();
        for (int i = 0; i < 3; ++i) {
          const std::string tag = std::to_string(c * 1000 + round * 10 + i);
          client.Send(Get("/tagged/" + tag));
          if (random() % 100 < 40) {
            if (random() % 2) client.Reset();
            break;
          }
          if (client.Read().body != tag) ++wrong;
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  server_.server().Shutdown(1000ms);
  is_over = true;
  for (std::thread& thread : answerers) thread.join();
  waiting.clear();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace gatewright::http
