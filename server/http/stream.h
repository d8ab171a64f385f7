// server/http/stream.h: a handle to one open response. Copyable, thread-safe; it may outlive the
// connection and the server, and then does nothing.
//
// Server-Sent Events: the body ends with the connection. Every 15 s of silence the worker writes a
// ": ping" comment. A reader with more than ServerOptions::max_stream_queue bytes waiting is
// closed: it comes back with Last-Event-ID.
//
// Messages: a WebSocket (see web_socket.h). What is written has to be whole messages. In silence it
// is pinged; otherwise as events.
//
// Bytes: the body is chunked, so that a reader knows a whole one from one that was cut off. Nothing
// is written in silence (TCP keepalive finds readers that are gone). Who writes waits for
// `on_drained` before it writes more; a reader that takes nothing for ServerOptions::stall_time is
// cut off.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "server/http/feed.h"

namespace gatewright::http {

class StreamLink;

enum class StreamKind { kEvents = 1, kBytes, kMessages };

// Run on the worker thread that owns the connection; must not block.
struct StreamCallbacks {
  // Once, when the connection has ended for whatever reason, also when there was nothing to open.
  std::function<void()> on_closed;
  // Once per NotifyWhenDrained, while the stream is open.
  std::function<void()> on_drained;
};

class Stream {
 public:
  Stream() = default;
  explicit Stream(std::shared_ptr<StreamLink> link);

  // Queues the bytes as they are ("id: 7\ndata: {}\n\n"). False when the stream is known to have
  // ended; true does not promise that the client has read them.
  bool Write(std::shared_ptr<const std::string> bytes) const;
  bool Write(std::string bytes) const;

  // Calls `on_drained` once less than 64 KiB wait for the reader, maybe before it returns.
  void NotifyWhenDrained() const;

  // Ends the body after what was written so far.
  void Close() const;
  // The same, but a reader of bytes sees that there should have been more.
  void Abort() const;

  bool IsOpen() const;

 private:
  std::shared_ptr<StreamLink> link_;
};

}  // namespace gatewright::http
