#include "server/http/worker.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <exception>
#include <utility>

#include "server/http/problem.h"

namespace gatewright::http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLinger{2000};  // for the client to close after our last byte
constexpr Clock::time_point kNever = Clock::time_point::max();

thread_local Worker* current_worker = nullptr;

}  // namespace

constexpr std::size_t kReadBuffer = 64 * 1024;

Worker::Worker(SharedState& shared, Poller& poller)
    : shared_(shared),
      poller_(poller),
      mailbox_(std::make_shared<Mailbox>()),
      counters_(mailbox_->counters),
      now_(Clock::now()),
      read_buffer_(std::make_unique<char[]>(kReadBuffer)),
      hub_(*this, shared.feed.get(), shared.options.max_stream_queue) {}

Worker::~Worker() { mailbox_->Close(); }

Worker* Worker::Current(const Mailbox& mailbox) {
  return current_worker && current_worker->mailbox_.get() == &mailbox ? current_worker : nullptr;
}

void Worker::BeginBatch() {
  current_worker = this;
  now_ = Clock::now();
}

template <class Action>
void Worker::Guard(std::string_view what, Action action) {
  try {
    action();
  } catch (const std::exception& problem) {
    shared_.Log(LogLevel::kError, fmt::format("A worker's {} failed: {}", what, problem.what()));
  } catch (...) {
    shared_.Log(LogLevel::kError, fmt::format("A worker's {} threw no std::exception.", what));
  }
}

void Worker::RunTasks() {
  mailbox_->Take(batch_);
  for (Mailbox::Task& task : batch_.tasks) {
    Guard("task", [&] { task(*this); });
  }
  for (const auto& answer : batch_.answers) {
    Guard("answer", [&] { AnswerWith(*answer); });
  }
  batch_.tasks.clear();
  batch_.answers.clear();
}

void Worker::OnSocket(int fd, bool is_readable, bool is_writable, bool is_hangup) {
  const auto slot = static_cast<std::size_t>(fd);
  if (slot >= connections_.size() || !connections_[slot]) return;  // closed in this batch
  Connection& connection = *connections_[slot];
  if (is_hangup) connection.saw_hangup = true;
  if (is_readable || is_hangup || !is_writable) connection.may_have_unread = true;
  Guard("connection", [&] { Pump(connection); });
}

void Worker::EndBatch() {
  while (!dirty_.empty()) {  // pumping one connection may make another one dirty
    pumping_.swap(dirty_);
    for (Connection* connection : pumping_) {
      connection->is_dirty = false;
      if (!connection->is_dead) {
        Guard("connection", [&] { Pump(*connection); });
      }
    }
    pumping_.clear();
  }
  graveyard_.clear();
  current_worker = nullptr;
}

bool Worker::HasEverOwned(int fd) const {
  return fd >= 0 && static_cast<std::size_t>(fd) < connections_.size() &&
         deadlines_[static_cast<std::size_t>(fd)] != Clock::time_point{};
}

void Worker::Adopt(int fd, std::string peer) {
  const auto slot = static_cast<std::size_t>(fd);
  if (slot >= connections_.size()) {
    connections_.resize(slot + 64);
    deadlines_.resize(slot + 64);
  }
  auto connection = std::make_unique<Connection>();
  connection->id = shared_.next_connection_id++;
  connection->fd = fd;
  connection->peer = std::move(peer);
  connection->since = now_;
  connections_[slot] = std::move(connection);
  counters_.connections++;
  Rearm(*connections_[slot]);
  poller_.Register(fd);
}

Connection* Worker::FindById(const ConnectionKey& key) {
  const auto slot = static_cast<std::size_t>(key.slot);
  if (slot >= connections_.size() || !connections_[slot]) return nullptr;
  Connection* connection = connections_[slot].get();
  return connection->id == key.id ? connection : nullptr;
}

Connection* Worker::FindWaiting(const ConnectionKey& key) {
  Connection* connection = FindById(key);
  const bool still_waits =
      connection && connection->is_busy && connection->sequence == key.sequence;
  if (!still_waits) counters_.dropped_answers++;
  return still_waits ? connection : nullptr;
}

void Worker::Close(Connection& connection) {
  if (connection.is_dead) return;
  connection.is_dead = true;
  counters_.connections--;
  if (connection.is_busy) counters_.in_flight--;
  if (connection.is_fin_sent) counters_.lingering--;
  if (connection.stream) counters_.streams--;
  if (connection.is_subscriber) hub_.Remove(connection.Key());
  const auto slot = static_cast<std::size_t>(connection.fd);
  deadlines_[slot] = kNever;
  graveyard_.push_back(std::move(connections_[slot]));
  poller_.Release(connection.fd);
  if (connection.stream) connection.stream->MarkEnded();
}

void Worker::MarkDirty(Connection& connection) {
  if (connection.is_dirty || connection.is_dead || &connection == processing_) return;
  connection.is_dirty = true;
  dirty_.push_back(&connection);
}

void Worker::CloseIdle() {
  for (std::size_t slot = 0; slot < connections_.size(); ++slot) {
    if (!connections_[slot]) continue;
    Connection& connection = *connections_[slot];
    if (connection.stream) {
      if (connection.socket) EndStream(connection.Key(), true);
      Flush(connection);
      Close(connection);
      continue;
    }
    connection.may_have_unread = true;  // a request may have come while we were not looking
    Pump(connection);
    if (!connection.is_dead && connection.IsIdle()) Close(connection);
  }
}

void Worker::CloseAll() {
  for (std::size_t slot = 0; slot < connections_.size(); ++slot) {
    if (connections_[slot]) Close(*connections_[slot]);
  }
}

void Worker::SweepTimers() {
  for (std::size_t slot = 0; slot < deadlines_.size(); ++slot) {
    if (deadlines_[slot] > now_ || !connections_[slot]) continue;
    Guard("timer", [&] { Expire(*connections_[slot]); });
  }
}

void Worker::Expire(Connection& connection) {
  if (Deadline(connection) > now_) return Rearm(connection);
  if (connection.is_fin_sent) return Close(connection);
  if (connection.IsBlocked() && now_ - connection.stalled_since >= shared_.options.stall_time) {
    counters_.slow_killed++;
    return Close(connection);
  }
  if (connection.stream) {
    if (connection.is_closing) return Close(connection);
    connection.since = now_;
    if (connection.stream->kind() == StreamKind::kBytes) return Rearm(connection);
    scratch_ = ": ping\n\n";
    if (connection.socket) {
      scratch_.clear();
      connection.socket->Ping(scratch_);
    }
    connection.out.Append(scratch_, buffers_);
    return Pump(connection);
  }
  if (connection.is_busy) {
    counters_.timed_out++;
    connection.is_closing = true;
    Response late = Problem(503, "answer_timeout",
                            fmt::format("There was no answer within {} ms; what was asked may "
                                        "still happen.",
                                        AnswerTime(connection).count()));
    late.headers.push_back({"Retry-After", "1"});
    Respond(connection, late);
    return Pump(connection);
  }
  if (connection.framer.stage() == Framer::Stage::kIdle) return Close(connection);
  counters_.timed_out++;
  const bool in_body = connection.framer.stage() == Framer::Stage::kBody;
  RefuseFraming(connection, {408, "request_timeout",
                             in_body ? "The body was not complete in time."
                                     : "The header block was not complete in time."});
  Pump(connection);
}

void Worker::Rearm(Connection& connection) {
  if (!connection.is_dead)
    deadlines_[static_cast<std::size_t>(connection.fd)] = Deadline(connection);
}

Clock::time_point Worker::Deadline(const Connection& connection) const {
  const ServerOptions& options = shared_.options;
  if (connection.is_fin_sent) return connection.since + kLinger;
  if (connection.IsBlocked()) return connection.stalled_since + options.stall_time;
  if (connection.stream) return connection.since + options.ping_every;
  if (connection.is_busy) return connection.since + AnswerTime(connection);
  switch (connection.framer.stage()) {
    case Framer::Stage::kBody:
      return connection.since + options.body_time;
    case Framer::Stage::kHead:
      return connection.since + options.header_time;
    case Framer::Stage::kIdle:
      break;
  }
  const bool is_first = connection.sequence == 0;
  return connection.since + (is_first ? options.header_time : options.idle_time);
}

milliseconds Worker::AnswerTime(const Connection& connection) const {
  const bool has_own = connection.route && connection.route->options.answer_time.count() > 0;
  return has_own ? connection.route->options.answer_time : shared_.options.answer_time;
}

}  // namespace gatewright::http
