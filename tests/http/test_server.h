// tests/http/test_server.h: a server on a free loopback port with the routes a test adds.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/http/responder.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "tests/http/raw_client.h"

namespace gatewright::http {

Response Text(std::string body);

// Routes every test may use: GET /hello, GET /items/:id (answers the id), POST /echo (the body).
class TestServer {
 public:
  ServerOptions options;
  Hooks hooks;
  Router router;
  std::shared_ptr<FeedSource> feed;

  TestServer();
  ~TestServer();

  void Start();
  Server& server() { return *server_; }
  std::uint16_t port() const { return port_; }
  RawClient Connect(int receive_buffer = 0) const { return RawClient(port_, receive_buffer); }

  // What was logged so far.
  std::vector<std::string> Logged();

  // Waits until it is true (statistics are written by other threads); false after 20 s.
  static bool Eventually(const std::function<bool()>& is_true);

 private:
  std::mutex mutex_;
  std::vector<std::string> logged_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
};

// Keeps Responders until a test takes them: a handler whose answer comes from elsewhere.
class Parked {
 public:
  Handler MakeHandler();
  Responder Take();  // waits for the next one

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Responder> waiting_;
};

}  // namespace gatewright::http
