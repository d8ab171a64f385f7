// server/http/out_queue.h: what still has to be written to one connection: small texts gathered in
// one buffer, large bodies by reference, all sent with as few calls as possible. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatewright::http {

// Emptied text buffers of one worker, kept for the next answer.
class BufferPool {
 public:
  std::string Take();
  void Return(std::string buffer);

 private:
  std::vector<std::string> spare_;
};

class OutQueue {
 public:
  enum class Flushed { kAll = 1, kBlocked, kFailed };

  void Append(std::string_view text, BufferPool& pool);
  void AppendOwned(std::string body);
  void AppendShared(std::shared_ptr<const std::string> body);

  // Writes until everything is sent, the socket is full or broken. Never blocks, never signals.
  Flushed Flush(int fd, BufferPool& pool);

  std::size_t bytes() const { return bytes_; }
  bool empty() const { return bytes_ == 0; }

 private:
  struct Segment {
    std::string text;
    std::shared_ptr<const std::string> shared;  // instead of `text` when set
    const std::string& data() const { return shared ? *shared : text; }
  };

  void Drop(std::size_t sent, BufferPool& pool);

  std::vector<Segment> segments_;
  std::size_t first_ = 0;   // the segments before it are sent
  std::size_t offset_ = 0;  // bytes of the first segment already sent
  std::size_t bytes_ = 0;
};

}  // namespace gatewright::http
