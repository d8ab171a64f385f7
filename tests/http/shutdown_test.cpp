// Going down: who is being served is served, nobody else holds it up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/http/test_server.h"

namespace gatewright::http {
namespace {

using namespace std::chrono_literals;

class ShutdownTest : public testing::Test {
 protected:
  ShutdownTest() {
    server_.router.Add("GET", "/later", parked_.MakeHandler());
    server_.router.Add("GET", "/stream",
                       [](const Request&, const Responder& reply) { reply.OpenStream({}); });
  }

  Parked parked_;
  TestServer server_;
};

TEST_F(ShutdownTest, WaitsForARequestInFlight) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send(Get("/later"));
  const Responder reply = parked_.Take();
  std::thread down([&] { server_.server().Shutdown(10s); });
  ASSERT_TRUE(TestServer::Eventually([&] { return server_.server().IsDraining(); }));
  reply.Send(Text("still answered"));
  const RawAnswer answer = client.Read();
  EXPECT_EQ(answer.body, "still answered");
  EXPECT_EQ(answer.Get("connection"), "close");
  down.join();
  EXPECT_EQ(server_.server().Stats().connections, 0);
}

TEST_F(ShutdownTest, IsNotHeldUpByIdleConnectionsAndStreams) {
  server_.Start();
  RawClient idle = server_.Connect();
  idle.Ask(Get("/hello"));
  RawClient stream = server_.Connect();
  stream.Send(Get("/stream"));
  stream.ReadUntil("\r\n\r\n");
  server_.server().Shutdown(std::chrono::hours(1));  // ctest's time limit would notice
  EXPECT_EQ(idle.ReadToEnd(), "");
  EXPECT_EQ(stream.ReadToEnd(), "");
}

TEST_F(ShutdownTest, GivesUpAfterItsGrace) {
  server_.Start();
  RawClient client = server_.Connect();
  client.Send(Get("/later"));
  const Responder reply = parked_.Take();
  server_.server().Shutdown(100ms);
  EXPECT_EQ(client.Read().status, 0);
}

TEST_F(ShutdownTest, MayHappenTwiceOrWithoutAStart) {
  Server never({}, Router(), {});
  never.Shutdown(0ms);
  server_.Start();
  server_.server().Shutdown(0ms);
  server_.server().Shutdown(0ms);
}

// Clients that heed "Connection: close" and connect anew never see a request cut.
TEST_F(ShutdownTest, CutsNobodyUnderLoad) {
  server_.Start();
  std::atomic<bool> is_draining{false};
  std::atomic<int> cut{0};
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&] {
      while (!is_draining) {
        RawClient client = server_.Connect();
        for (;;) {
          const RawAnswer answer = client.Ask(Get("/hello"));
          if (answer.status != 200) {
            if (!is_draining) ++cut;
            break;
          }
          ++answered;
          if (answer.Get("connection") == "close") {
            is_draining = true;
            break;
          }
        }
      }
    });
  }
  EXPECT_TRUE(TestServer::Eventually([&] { return answered > 500; }));
  server_.server().Shutdown(5s);
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(cut, 0);
  EXPECT_EQ(server_.server().Stats().in_flight, 0);
}

}  // namespace
}  // namespace gatewright::http
