#include "server/http/pending_answer.h"

#include <utility>

#include "server/http/problem.h"
#include "server/http/stream_link.h"
#include "server/http/worker.h"

namespace gatewright::http {

PendingAnswer::PendingAnswer(std::shared_ptr<Mailbox> mailbox, ConnectionKey key)
    : mailbox_(std::move(mailbox)), key_(key) {}

PendingAnswer::~PendingAnswer() {
  if (is_done_) return;
  const auto answer = [key = key_](Worker& worker) {
    worker.Answer(key, Problem(500, "no_answer", "The request was dropped without an answer."));
  };
  if (Worker* worker = Worker::Current(*mailbox_)) {
    answer(*worker);
  } else {
    mailbox_->Post(answer);
  }
}

void PendingAnswer::Send(Response response) {
  if (!Claim()) return;
  if (Worker* worker = Worker::Current(*mailbox_)) {
    worker->Answer(key_, std::move(response));
    return;
  }
  response_ = std::move(response);
  Deliver();
}

void PendingAnswer::Render(std::function<Response()> render) {
  if (!Claim()) return;
  render_ = std::move(render);
  if (Worker* worker = Worker::Current(*mailbox_)) {
    worker->AnswerWith(*this);
  } else {
    Deliver();
  }
}

Stream PendingAnswer::Open(Response head, StreamKind kind, std::optional<Subscription> subscription,
                           StreamCallbacks callbacks) {
  auto link = std::make_shared<StreamLink>(mailbox_, key_, kind, std::move(callbacks));
  if (!Claim()) {
    link->MarkEnded();
    return Stream(std::move(link));
  }
  if (Worker* worker = Worker::Current(*mailbox_)) {
    worker->OpenStream(link, std::move(head), std::move(subscription));
    return Stream(std::move(link));
  }
  const bool is_posted =
      mailbox_->Post([link, head = std::move(head), subscription = std::move(subscription)](
                         Worker& worker) { worker.OpenStream(link, head, subscription); });
  if (!is_posted) link->MarkEnded();
  return Stream(std::move(link));
}

// What renders may well hold a copy of our own Responder: unless it goes, neither of us ever does.
Response PendingAnswer::Take() {
  const auto self = shared_from_this();
  const auto render = std::exchange(render_, nullptr);
  return render ? render() : *std::move(response_);
}

void PendingAnswer::Drop() {
  const auto self = shared_from_this();
  std::exchange(render_, nullptr);
}

bool PendingAnswer::Claim() {
  if (!is_done_.exchange(true)) return true;
  mailbox_->counters.dropped_answers.fetch_add(1, std::memory_order_relaxed);
  return false;
}

void PendingAnswer::Deliver() {
  if (!mailbox_->PostAnswer(shared_from_this())) {
    mailbox_->counters.dropped_answers.fetch_add(1, std::memory_order_relaxed);
    Drop();
  }
}

}  // namespace gatewright::http
