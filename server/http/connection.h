// server/http/connection.h: everything a worker knows about one connection. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "server/http/framer.h"
#include "server/http/mailbox.h"
#include "server/http/out_queue.h"
#include "server/http/router.h"
#include "server/http/stream_link.h"
#include "server/http/web_socket.h"

namespace gatewright::http {

using Clock = std::chrono::steady_clock;

// Bytes that were read but not looked at: pipelined requests behind one that is not answered yet.
class InputBuffer {
 public:
  bool empty() const { return begin_ == bytes_.size(); }
  std::size_t size() const { return bytes_.size() - begin_; }
  std::string_view view() const { return std::string_view(bytes_).substr(begin_); }

  void Append(std::string_view more) { bytes_.append(more); }

  void DropFront(std::size_t count) {
    begin_ += count;
    if (empty()) {
      std::string().swap(bytes_);
      begin_ = 0;
    } else if (begin_ > 64 * 1024) {
      bytes_.erase(0, begin_);
      begin_ = 0;
    }
  }

  void Clear() { DropFront(size()); }

 private:
  std::string bytes_;
  std::size_t begin_ = 0;
};

struct Connection {
  std::uint64_t id = 0;        // never reused
  std::uint64_t sequence = 0;  // counts answers: a late answer has an older one
  int fd = -1;
  std::string peer;

  Framer framer;
  InputBuffer input;
  std::unique_ptr<Request> request;  // being read or being answered
  const Route* route = nullptr;      // of that request
  OutQueue out;

  std::shared_ptr<StreamLink> stream;  // set: the rest of this connection is a stream
  std::unique_ptr<WebSocket> socket;   // set: of WebSocket messages

  Clock::time_point since{};          // of the current phase: idle, head, body, answer, last write
  Clock::time_point stalled_since{};  // nothing could be written since; zero when not blocked

  bool is_busy = false;           // a request is dispatched and not answered
  bool may_have_unread = false;   // the kernel may hold bytes that no event will announce again
  bool saw_hangup = false;        // read up to the end: no further event will come
  bool is_input_over = false;     // the client has sent its last byte
  bool is_closing = false;        // nothing more is read; ends after the last byte is written
  bool is_fin_sent = false;       // waits for the client to close
  bool is_write_watched = false;  // EPOLLOUT is armed
  bool is_dirty = false;          // in the worker's list of connections to pump
  bool is_dead = false;           // closed; memory lives until the end of the batch
  bool is_subscriber = false;     // known to the feed hub
  bool wants_drained = false;     // the feed hub, or who writes the stream, waits for a short queue
  bool is_chunked = false;        // the stream's body is

  bool IsBlocked() const { return stalled_since != Clock::time_point{}; }
  bool IsIdle() const {
    return !is_busy && !stream && out.empty() && input.empty() &&
           framer.stage() == Framer::Stage::kIdle;
  }
  ConnectionKey Key() const { return {id, sequence, fd}; }
};

}  // namespace gatewright::http
