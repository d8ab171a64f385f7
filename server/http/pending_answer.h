// server/http/pending_answer.h: the state shared by all copies of one Responder. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "server/http/mailbox.h"
#include "server/http/message.h"
#include "server/http/stream.h"

namespace gatewright::http {

class StreamLink;

class PendingAnswer : public std::enable_shared_from_this<PendingAnswer> {
 public:
  PendingAnswer(std::shared_ptr<Mailbox> mailbox, ConnectionKey key);
  ~PendingAnswer();  // answers 500 when nobody did

  void Send(Response response);
  void Render(std::function<Response()> render);
  // Without a subscription the stream is written by its owner alone.
  Stream Open(Response head, StreamKind kind, std::optional<Subscription> subscription,
              StreamCallbacks callbacks);

  // By the worker, once: the answer that was posted. May throw what `render` throws.
  Response Take();
  // Instead of Take, when there is no worker any more.
  void Drop();
  const ConnectionKey& key() const { return key_; }

  // By the worker, when it answers in the handler's place: later answers are dropped.
  void GiveUp() { is_done_ = true; }

 private:
  bool Claim();  // true for the first caller only
  void Deliver();

  const std::shared_ptr<Mailbox> mailbox_;
  const ConnectionKey key_;
  std::atomic<bool> is_done_{false};
  std::optional<Response> response_;  // written by the one that claimed, before it is posted
  std::function<Response()> render_;
};

}  // namespace gatewright::http
