// server/http/responder.h: the one right to answer one request. Copyable; any thread, any time.
#pragma once

#include <functional>
#include <memory>

#include "server/http/message.h"
#include "server/http/stream.h"

namespace gatewright::http {

class PendingAnswer;

// Exactly the first answer counts: Send, Answer, OpenStream, OpenBytes or Subscribe. Later ones,
// and answers to a client that has left or was told 503 because nobody answered in time, are
// dropped and counted. When the last copy dies unanswered the client gets 500.
class Responder {
 public:
  explicit Responder(std::shared_ptr<PendingAnswer> pending);

  void Send(Response response) const;

  // `render` runs on the worker thread that owns the connection, unless the client has left.
  // An exception inside becomes 500.
  void Answer(std::function<Response()> render) const;

  // Turns the request into a Server-Sent Events stream. `head` gives status, extra headers and the
  // first bytes of the body. `on_closed` runs once, on the worker thread, when the connection has
  // ended for whatever reason (it must not block); it also runs when there was nothing to open.
  Stream OpenStream(Response head, std::function<void()> on_closed = {}) const;

  // Turns the request into a body of bytes that are written as they come (see stream.h).
  Stream OpenBytes(Response head, StreamCallbacks callbacks) const;

  // Turns the request into a subscription to the server's feed (see feed.h): as events, or as the
  // messages of a WebSocket, which RefuseUpgrade must have nothing against.
  Stream Subscribe(Response head, Subscription subscription,
                   std::function<void()> on_closed = {}) const;

 private:
  std::shared_ptr<PendingAnswer> pending_;
};

}  // namespace gatewright::http
