// An HTTP server on a loopback address that keeps what it was sent and answers what it was told,
// each connection once. Its thread ends with it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace gatewright::testing {

inline std::string HttpAnswer(const std::string& body, const std::string& status = "200 OK",
                              const std::string& headers = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

class LoopbackServer {
 public:
  // `answer` gets the request as a whole; empty = never answers.
  using Answer = std::function<std::string(const std::string& request)>;

  explicit LoopbackServer(Answer answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    listen(listener_, 16);
    thread_ = std::thread([this] { Serve(); });
  }
  explicit LoopbackServer(const std::string& body)
      : LoopbackServer([body](const std::string&) { return HttpAnswer(body); }) {}
  ~LoopbackServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (const int one : silent_) close(one);
    close(listener_);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::string url(const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(port_) + "/vote";
  }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void Serve() {
    for (int peer = 0; (peer = accept(listener_, nullptr, nullptr)) >= 0;) {
      const std::string request = ReadRequest(peer);
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const std::string answer = answer_(request);
      if (answer.empty()) {
        silent_.push_back(peer);
        continue;
      }
      for (std::size_t sent = 0; sent < answer.size();) {
        const auto count = send(peer, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) break;
        sent += static_cast<std::size_t>(count);
      }
      close(peer);
    }
  }

  // Up to the end that Content-Length tells.
  static std::string ReadRequest(int peer) {
    std::string request;
    char buffer[4096];
    for (;;) {
      const auto head = request.find("\r\n\r\n");
      if (head != request.npos) {
        const auto length = request.find("Content-Length: ");
        const std::size_t wanted =
            length == request.npos ? 0 : std::stoul(request.substr(length + 16));
        if (request.size() >= head + 4 + wanted) return request;
      }
      const auto count = recv(peer, buffer, sizeof buffer, 0);
      if (count <= 0) return request;
      request.append(buffer, static_cast<std::size_t>(count));
    }
  }

  Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  std::vector<int> silent_;  // of the thread, until it has ended
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace gatewright::testing
