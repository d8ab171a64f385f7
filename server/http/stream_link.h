// server/http/stream_link.h: what a Stream handle and its connection share. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "server/http/mailbox.h"
#include "server/http/stream.h"

namespace gatewright::http {

class StreamLink : public std::enable_shared_from_this<StreamLink> {
 public:
  StreamLink(std::shared_ptr<Mailbox> mailbox, ConnectionKey key, StreamKind kind,
             StreamCallbacks callbacks);
  ~StreamLink() { MarkEnded(); }  // when the worker stopped before it saw us
  StreamLink(const StreamLink&) = delete;
  StreamLink& operator=(const StreamLink&) = delete;

  bool Write(std::shared_ptr<const std::string> bytes);
  void NotifyWhenDrained();
  void End(bool is_complete);
  bool IsOpen() const { return is_open_; }

  // By the worker, or by whoever learns that there is nothing to open. The first call only counts.
  void MarkEnded();
  // By the worker.
  void Drained();

  const ConnectionKey& key() const { return key_; }
  StreamKind kind() const { return kind_; }

 private:
  const std::shared_ptr<Mailbox> mailbox_;
  const ConnectionKey key_;
  const StreamKind kind_;
  std::atomic<bool> is_open_{true};
  StreamCallbacks callbacks_;  // on_closed is run by the caller that turns is_open_ to false
};

}  // namespace gatewright::http
