// server/http/poller.h: what a worker asks of the event loop it runs in. Worker thread only.
#pragma once

namespace gatewright::http {

class Poller {
 public:
  virtual ~Poller() = default;

  // Takes over the socket; edge-triggered events for reading follow.
  virtual void Register(int fd) = 0;
  // Asks for events for writing, too.
  virtual void WatchWrites(int fd) = 0;
  // Forgets and closes the socket.
  virtual void Release(int fd) = 0;
};

}  // namespace gatewright::http
