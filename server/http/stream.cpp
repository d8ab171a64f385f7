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

void Stream::Close() const {
  if (link_) link_->Close();
}

bool Stream::IsOpen() const { return link_ && link_->IsOpen(); }

StreamLink::StreamLink(std::shared_ptr<Mailbox> mailbox, ConnectionKey key,
                       std::function<void()> on_closed)
    : mailbox_(std::move(mailbox)), key_(key), on_closed_(std::move(on_closed)) {}

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

void StreamLink::Close() {
  if (!is_open_) return;
  if (Worker* worker = Worker::Current(*mailbox_)) {
    worker->EndStream(key_);
  } else {
    mailbox_->Post([key = key_](Worker& owner) { owner.EndStream(key); });
  }
}

void StreamLink::MarkEnded() {
  if (!is_open_.exchange(false)) return;
  if (on_closed_) on_closed_();
  on_closed_ = nullptr;  // it may hold the last handle to us
}

}  // namespace gatewright::http
