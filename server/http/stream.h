// server/http/stream.h: a handle to one open Server-Sent Events response. Copyable, thread-safe;
// it may outlive the connection and the server, and then does nothing.
//
// The body ends with the connection. Every 15 s of silence the worker writes a ": ping" comment. A
// reader with more than ServerOptions::max_stream_queue bytes waiting is closed: it comes back with
// Last-Event-ID.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "server/http/feed.h"

namespace gatewright::http {

class StreamLink;

class Stream {
 public:
  Stream() = default;
  explicit Stream(std::shared_ptr<StreamLink> link);

  // Queues the bytes as they are ("id: 7\ndata: {}\n\n"). False when the stream is known to have
  // ended; true does not promise that the client has read them.
  bool Write(std::shared_ptr<const std::string> bytes) const;
  bool Write(std::string bytes) const;

  // Ends the body after what was written so far.
  void Close() const;

  bool IsOpen() const;

 private:
  std::shared_ptr<StreamLink> link_;
};

}  // namespace gatewright::http
