// server/http/acceptor.h: listens and hands new connections over, on a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "engine/base/result.h"

namespace gatewright::http {

// Closes the socket unless somebody took it.
class OwnedSocket {
 public:
  explicit OwnedSocket(int fd) : fd_(fd) {}
  ~OwnedSocket();
  OwnedSocket(const OwnedSocket&) = delete;
  OwnedSocket& operator=(const OwnedSocket&) = delete;
  int fd() const { return fd_; }
  int Take();

 private:
  int fd_;
};

class Acceptor {
 public:
  // Called on the accept thread; `peer` is the address without port.
  using Taker = std::function<void(std::shared_ptr<OwnedSocket> socket, std::string peer)>;

  Acceptor() = default;
  ~Acceptor() { Stop(); }

  // The port it listens on.
  Result<std::uint16_t> Listen(const std::string& host, std::uint16_t port);
  void Run(Taker taker);
  // Accepts what has been waiting, then closes. Returns when the thread has ended.
  void Stop();

 private:
  void Loop();
  bool AcceptOne();  // false when nobody waits

  int listen_fd_ = -1;
  int wake_fd_ = -1;
  std::atomic<bool> is_stopping_{false};
  Taker taker_;
  std::thread thread_;
};

}  // namespace gatewright::http
