#include "tests/http/test_server.h"

#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

namespace gatewright::http {

using namespace std::chrono_literals;

Response Text(std::string body) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

TestServer::TestServer() {
  hooks.log = [this](LogLevel, std::string_view text) {
    const std::lock_guard lock(mutex_);
    logged_.emplace_back(text);
  };
  router.Add("GET", "/hello",
             [](const Request&, const Responder& reply) { reply.Send(Text("hello")); });
  router.Add("GET", "/items/:id", [](const Request& request, const Responder& reply) {
    reply.Send(Text(std::string(request.Param("id"))));
  });
  router.Add("POST", "/echo", [](const Request& request, const Responder& reply) {
    reply.Send(Text(request.body));
  });
}

TestServer::~TestServer() {
  if (server_) server_->Shutdown(0ms);
}

void TestServer::Start() {
  server_ = std::make_unique<Server>(options, std::move(router), hooks, feed);
  const auto port = server_->Start();
  if (!port) {
    std::fprintf(stderr, "%s\n", port.error().message.c_str());
    std::abort();
  }
  port_ = *port;
}

std::vector<std::string> TestServer::Logged() {
  const std::lock_guard lock(mutex_);
  return logged_;
}

bool TestServer::Eventually(const std::function<bool()>& is_true) {
  for (const auto end = std::chrono::steady_clock::now() + 20s;
       std::chrono::steady_clock::now() < end; std::this_thread::sleep_for(1ms)) {
    if (is_true()) return true;
  }
  return false;
}

Handler Parked::MakeHandler() {
  return [this](const Request&, Responder reply) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(reply));
    changed_.notify_all();
  };
}

Responder Parked::Take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !waiting_.empty(); });
  Responder reply = std::move(waiting_.front());
  waiting_.erase(waiting_.begin());
  return reply;
}

}  // namespace gatewright::http
