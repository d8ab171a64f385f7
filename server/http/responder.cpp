#include "server/http/responder.h"

#include <utility>

#include "server/http/pending_answer.h"

namespace gatewright::http {

Responder::Responder(std::shared_ptr<PendingAnswer> pending) : pending_(std::move(pending)) {}

void Responder::Send(Response response) const { pending_->Send(std::move(response)); }

void Responder::Answer(std::function<Response()> render) const {
  pending_->Render(std::move(render));
}

Stream Responder::OpenStream(Response head, std::function<void()> on_closed) const {
  return pending_->Open(std::move(head), StreamKind::kEvents, std::nullopt,
                        {std::move(on_closed), {}});
}

Stream Responder::OpenBytes(Response head, StreamCallbacks callbacks) const {
  return pending_->Open(std::move(head), StreamKind::kBytes, std::nullopt, std::move(callbacks));
}

Stream Responder::Subscribe(Response head, Subscription subscription,
                            std::function<void()> on_closed) const {
  const auto kind = subscription.as_messages ? StreamKind::kMessages : StreamKind::kEvents;
  return pending_->Open(std::move(head), kind, std::move(subscription), {std::move(on_closed), {}});
}

}  // namespace gatewright::http
