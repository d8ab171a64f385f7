// Streams and the live feed: see worker.h.
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include "server/http/answer_head.h"
#include "server/http/worker.h"

namespace gatewright::http {
namespace {

constexpr int kStreamSendBuffer = 64 * 1024;  // else the kernel hides up to 4 MB per slow reader
constexpr int kKeepaliveIdle = 15;            // seconds
constexpr int kKeepaliveEvery = 5;
constexpr int kKeepaliveProbes = 4;

// A reader that went without a word is found although nothing is written to it.
void WatchForDeath(int fd) {
  const int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kKeepaliveIdle, sizeof kKeepaliveIdle);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &kKeepaliveEvery, sizeof kKeepaliveEvery);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kKeepaliveProbes, sizeof kKeepaliveProbes);
}

}  // namespace

void Worker::OpenStream(const std::shared_ptr<StreamLink>& link, Response head,
                        std::optional<Subscription> subscription) {
  Connection* connection = FindWaiting(link->key());
  if (!connection) return link->MarkEnded();
  const Request& request = *connection->request;
  if (link->kind() == StreamKind::kMessages) OpenSocket(*connection, head);
  const bool is_bytes = link->kind() == StreamKind::kBytes;
  const bool is_chunked = is_bytes && request.minor_version > 0;
  if (!is_bytes && !connection->socket && head.content_type == Response{}.content_type) {
    head.content_type = "text/event-stream";
  }
  head.headers.push_back({"X-Accel-Buffering", "no"});
  RunAfterHook(request, head);
  scratch_.clear();
  AppendAnswerHead(scratch_,
                   {date_.Get(), request.request_id, request.minor_version, false,
                    connection->socket ? BodyLength::kUpgrade
                    : is_chunked       ? BodyLength::kChunked
                                       : BodyLength::kUntilClose},
                   head);
  const bool is_over = request.is_head || shared_.is_draining;
  const auto first = std::make_shared<const std::string>(is_bytes ? std::move(head.body) : "");
  if (is_bytes) head.body.clear();
  if (connection->socket) {
    connection->out.Append(scratch_, buffers_);
    connection->out.Append(head.body, buffers_);
  } else {
    AppendBody(*connection, head);
  }
  connection->is_chunked = is_chunked && !request.is_head;
  if (!request.is_head) AppendToStream(*connection, first);
  ::setsockopt(connection->fd, SOL_SOCKET, SO_SNDBUF, &kStreamSendBuffer, sizeof kStreamSendBuffer);
  if (is_bytes || connection->socket) WatchForDeath(connection->fd);
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

void Worker::NotifyStreamWhenDrained(const ConnectionKey& key) {
  Connection* connection = FindStream(key);
  if (!connection) return;
  if (connection->out.bytes() < FeedHub::kShortQueue) return connection->stream->Drained();
  NotifyWhenDrained(key);
}

void Worker::OpenSocket(Connection& connection, Response& head) {
  connection.socket = std::make_unique<WebSocket>();
  head.status = 101;
  head.headers.push_back({"Upgrade", "websocket"});
  head.headers.push_back(
      {"Sec-WebSocket-Accept", AcceptKey(connection.request->Get("Sec-WebSocket-Key"))});
}

void Worker::Receive(Connection& connection, std::string_view bytes) {
  scratch_.clear();
  connection.socket->Receive(bytes, scratch_);
  connection.out.Append(scratch_, buffers_);
  if (!connection.socket->IsOver()) return;
  connection.is_closing = true;
  if (std::exchange(connection.is_subscriber, false)) hub_.Remove(connection.Key());
}

// Without its last chunk a body is one that was cut off.
void Worker::EndStream(const ConnectionKey& key, bool is_complete) {
  Connection* connection = FindStream(key);
  if (!connection) return;
  if (connection->is_chunked && is_complete) connection->out.Append("0\r\n\r\n", buffers_);
  if (connection->socket) {
    scratch_.clear();
    const auto code =
        is_complete ? WebSocket::CloseCode::kGoingAway : WebSocket::CloseCode::kFailed;
    connection->socket->Close(code, is_complete ? "the server stops" : "come back later", scratch_);
    connection->out.Append(scratch_, buffers_);
  }
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
  AppendToStream(*connection, bytes);
  connection->since = now_;
  MarkDirty(*connection);
}

void Worker::AppendToStream(Connection& connection,
                            const std::shared_ptr<const std::string>& bytes) {
  if (bytes->empty()) return;  // an empty chunk would be the last one
  if (connection.is_chunked) {
    connection.out.Append(fmt::format("{:x}\r\n", bytes->size()), buffers_);
  }
  connection.out.AppendShared(bytes);
  if (connection.is_chunked) connection.out.Append("\r\n", buffers_);
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
  EndStream(key, false);
}

std::function<void(FeedOutlet::HubTask)> Worker::Poster() {
  return [mailbox = mailbox_](HubTask task) {
    mailbox->Post([task = std::move(task)](Worker& worker) { task(worker.hub()); });
  };
}

}  // namespace gatewright::http
