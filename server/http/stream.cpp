#include "server/http/stream.h"

#include <utility>

#include "server/http/stream_link.h"
#include "server/http/worker.h"

namespace gatewright::http {

Stream::Stream(std::shared_ptr<StreamLink> link) : link_(std::move(link)) {}

bool Stream::Write(std::shared_ptr<const std::string> bytes) const {
  return link_ && link_->Write(std::move(bytes));
}

bool Stream::Write(std::string bytes) const {
  return Write(std::make_shared<const std::string>(std::move(bytes)));
}

void Stream::NotifyWhenDrained() const {
  if (link_) link_->NotifyWhenDrained();
}

void Stream::Close() const {
  if (link_) link_->End(true);
}

void Stream::Abort() const {
  if (link_) link_->End(false);
}

bool Stream::IsOpen() const { return link_ && link_->IsOpen(); }

StreamLink::StreamLink(std::shared_ptr<Mailbox> mailbox, ConnectionKey key, StreamKind kind,
                       StreamCallbacks callbacks)
    : mailbox_(std::move(mailbox)), key_(key), kind_(kind), callbacks_(std::move(callbacks)) {}

bool StreamLink::Write(std::shared_ptr<const std::string> bytes) {
  if (!is_open_) return false;
  if (Worker* worker = Worker::Current(*mailbox_)) {
    worker->WriteStream(key_, bytes);
    return is_open_;
  }
  const bool is_posted = mailbox_->Post(
      [key = key_, bytes = std::move(bytes)](Worker& owner) { owner.WriteStream(key, bytes); });
  if (!is_posted) MarkEnded();
  return is_posted;
}

void StreamLink::NotifyWhenDrained() {
  if (!is_open_) return;
  if (Worker* worker = Worker::Current(*mailbox_)) {
    worker->NotifyStreamWhenDrained(key_);
  } else {
    mailbox_->Post([key = key_](Worker& owner) { owner.NotifyStreamWhenDrained(key); });
  }
}

void StreamLink::End(bool is_complete) {
  if (!is_open_) return;
  if (Worker* worker = Worker::Current(*mailbox_)) {
    worker->EndStream(key_, is_complete);
  } else {
    mailbox_->Post([key = key_, is_complete](Worker& owner) { owner.EndStream(key, is_complete); });
  }
}

void StreamLink::Drained() {
  if (is_open_ && callbacks_.on_drained) callbacks_.on_drained();
}

void StreamLink::MarkEnded() {
  if (!is_open_.exchange(false)) return;
  if (callbacks_.on_closed) callbacks_.on_closed();
  callbacks_.on_closed = nullptr;  // it may hold the last handle to us
}

}  // namespace gatewright::http
