// Streams and the live feed: see worker.h.
#include <fmt/format.h>
#include <sys/socket.h>

#include <utility>

#include "server/http/answer_head.h"
#include "server/http/worker.h"

namespace gatewright::http {
namespace {

constexpr int kStreamSendBuffer = 64 * 1024;  // else the kernel hides up to 4 MB per slow reader

}  // namespace

void Worker::OpenStream(const std::shared_ptr<StreamLink>& link, Response head,
                        std::optional<Subscription> subscription) {
  Connection* connection = FindWaiting(link->key());
  if (!connection) return link->MarkEnded();
  const Request& request = *connection->request;
  if (head.content_type == Response{}.content_type) head.content_type = "text/event-stream";
  head.headers.push_back({"X-Accel-Buffering", "no"});
  RunAfterHook(request, head);
  scratch_.clear();
  AppendAnswerHead(
      scratch_,
      {date_.Get(), request.request_id, request.minor_version, false, BodyLength::kUntilClose},
      head);
  const bool is_over = request.is_head || shared_.is_draining;
  AppendBody(*connection, head);
  ::setsockopt(connection->fd, SOL_SOCKET, SO_SNDBUF, &kStreamSendBuffer, sizeof kStreamSendBuffer);
  connection->stream = link;
  counters_.streams++;
  Conclude(*connection, head.status);
  if (is_over) {
    connection->is_closing = true;
  } else if (subscription) {
    connection->is_subscriber = true;
    hub_.Add(connection->Key(), *std::move(subscription));
  }
  MarkDirty(*connection);
}

Connection* Worker::FindStream(const ConnectionKey& key) {
  Connection* connection = FindById(key);
  return connection && connection->stream && !connection->is_closing ? connection : nullptr;
}

void Worker::WriteStream(const ConnectionKey& key,
                         const std::shared_ptr<const std::string>& bytes) {
  Connection* connection = FindStream(key);
  if (!connection) return;
  if (connection->out.bytes() + bytes->size() > shared_.options.max_stream_queue) {
    Flush(*connection);  // the queue may hold what was written in this very batch
    if (connection->is_dead) return;
    if (connection->out.bytes() + bytes->size() > shared_.options.max_stream_queue) {
      return CloseSlow(key);
    }
  }
  Write(key, bytes);
}

void Worker::EndStream(const ConnectionKey& key) {
  Connection* connection = FindStream(key);
  if (!connection) return;
  connection->is_closing = true;
  if (std::exchange(connection->is_subscriber, false)) hub_.Remove(key);
  MarkDirty(*connection);
}

std::size_t Worker::QueuedBytes(const ConnectionKey& key) {
  const Connection* connection = FindById(key);
  return connection ? connection->out.bytes() : 0;
}

void Worker::Write(const ConnectionKey& key, const std::shared_ptr<const std::string>& bytes) {
  Connection* connection = FindById(key);
  if (!connection) return;
  connection->out.AppendShared(bytes);
  connection->since = now_;
  MarkDirty(*connection);
}

void Worker::NotifyWhenDrained(const ConnectionKey& key) {
  if (Connection* connection = FindById(key)) {
    connection->wants_drained = true;
    MarkDirty(*connection);
  }
}

bool Worker::IsStalled(const ConnectionKey& key) {
  const Connection* connection = FindById(key);
  return connection && connection->IsBlocked() && connection->stalled_since < now_;
}

void Worker::CloseSlow(const ConnectionKey& key) {
  Connection* connection = FindById(key);
  if (!connection) return;
  counters_.slow_killed++;
  Close(*connection);
}

void Worker::CloseFailed(const ConnectionKey& key, const std::string& why) {
  shared_.Log(LogLevel::kWarning, fmt::format("A subscriber could not catch up: {}", why));
  EndStream(key);
}

std::function<void(FeedOutlet::HubTask)> Worker::Poster() {
  return [mailbox = mailbox_](HubTask task) {
    mailbox->Post([task = std::move(task)](Worker& worker) { task(worker.hub()); });
  };
}

}  // namespace gatewright::http
