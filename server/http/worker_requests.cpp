// From bytes to answers: see worker.h.
#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <utility>

#include "server/http/answer_head.h"
#include "server/http/problem.h"
#include "server/http/target.h"
#include "server/http/worker.h"

namespace gatewright::http {
namespace {

constexpr std::size_t kReadBuffer = 64 * 1024;  // as in worker.cpp
constexpr int kMaxRounds = 16;                  // then other connections have their turn
constexpr std::size_t kMaxUnansweredInput = 32 * 1024;
constexpr std::size_t kMaxUnreadOutput = 256 * 1024;  // of pipelined answers nobody reads
constexpr std::size_t kCopyBodyBelow = 16 * 1024;     // larger ones are moved, not copied
constexpr std::size_t kMaxSpareRequests = 256;
constexpr std::size_t kMaxSpareBody = 64 * 1024;
constexpr std::string_view kNoRoute = "(none)";

}  // namespace

// Reads, frames, dispatches and writes until the connection has to wait for somebody.
void Worker::Pump(Connection& connection) {
  for (int round = 0;; ++round) {
    if (!connection.input.empty() && MayDispatch(connection)) {
      std::string_view input = connection.input.view();
      Process(connection, input);
      connection.input.DropFront(connection.input.size() - input.size());
    } else if (round < kMaxRounds && connection.may_have_unread && MayRead(connection)) {
      if (!ReadOnce(connection)) return;
    } else {
      Flush(connection);
      if (connection.is_dead) return;
      const bool has_work = (!connection.input.empty() && MayDispatch(connection)) ||
                            (connection.may_have_unread && MayRead(connection));
      if (!has_work) break;
      if (round >= kMaxRounds) {
        mailbox_->Post([key = connection.Key()](Worker& worker) {
          if (Connection* later = worker.FindById(key)) worker.MarkDirty(*later);
        });
        break;
      }
    }
    if (connection.is_dead) return;
  }
  FinishIfDone(connection);
  Rearm(connection);
}

bool Worker::MayRead(const Connection& connection) const {
  if (connection.is_closing || connection.stream) return true;  // to throw it away
  return connection.input.size() < kMaxUnansweredInput &&
         (MayDispatch(connection) || connection.is_busy);
}

bool Worker::MayDispatch(const Connection& connection) const {
  return !connection.is_dead && !connection.is_busy && !connection.is_closing &&
         !connection.stream && connection.out.bytes() < kMaxUnreadOutput;
}

// False when the connection was closed.
bool Worker::ReadOnce(Connection& connection) {
  const ssize_t size = ::recv(connection.fd, read_buffer_.get(), kReadBuffer, MSG_DONTWAIT);
  if (size < 0) {
    if (errno == EINTR) return true;
    connection.may_have_unread = false;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    Close(connection);
    return false;
  }
  if (size == 0) {
    connection.may_have_unread = false;
    connection.is_input_over = true;
    if (!connection.stream) return true;  // a half-closed client still gets its answers
    Close(connection);
    return false;
  }
  // A short read has emptied the socket; more bytes, or the end, will be a new event. Only when
  // the end was announced already must we read up to it.
  const bool was_short = static_cast<std::size_t>(size) < kReadBuffer;
  if (was_short && !connection.saw_hangup) connection.may_have_unread = false;
  if (connection.socket && !connection.is_closing) {
    Receive(connection, {read_buffer_.get(), static_cast<std::size_t>(size)});
    return true;
  }
  if (connection.is_closing || connection.stream) return true;
  std::string_view input(read_buffer_.get(), static_cast<std::size_t>(size));
  if (connection.input.empty()) Process(connection, input);
  connection.input.Append(input);
  return !connection.is_dead;
}

void Worker::Process(Connection& connection, std::string_view& input) {
  processing_ = &connection;
  while (!input.empty() && MayDispatch(connection)) {
    if (!connection.request) connection.request = TakeRequest();
    const Framer::Stage before = connection.framer.stage();
    switch (connection.framer.Feed(input, shared_.limits, *connection.request)) {
      case Framer::Progress::kNeedMore:
        if (connection.framer.TakeWantsContinue()) {
          connection.out.Append("HTTP/1.1 100 Continue\r\n\r\n", buffers_);
        }
        if (connection.framer.stage() != before) connection.since = now_;
        break;
      case Framer::Progress::kError:
        RefuseFraming(connection, connection.framer.error());
        break;
      case Framer::Progress::kRequest:
        Dispatch(connection);
        break;
    }
  }
  if (connection.is_closing || connection.stream) input = {};  // nobody will look at the rest
  processing_ = nullptr;
}

void Worker::Flush(Connection& connection) {
  if (connection.is_dead || connection.out.empty()) return;
  const std::size_t before = connection.out.bytes();
  switch (connection.out.Flush(connection.fd, buffers_)) {
    case OutQueue::Flushed::kAll:
      connection.stalled_since = {};
      break;
    case OutQueue::Flushed::kBlocked:
      if (!connection.IsBlocked() || connection.out.bytes() < before) {
        connection.stalled_since = now_;
      }
      if (!connection.is_write_watched) {
        connection.is_write_watched = true;
        poller_.WatchWrites(connection.fd);
      }
      break;
    case OutQueue::Flushed::kFailed:
      return Close(connection);
  }
  if (connection.wants_drained && connection.out.bytes() < FeedHub::kShortQueue) {
    connection.wants_drained = false;
    if (connection.is_subscriber) {
      hub_.Drained(connection.Key());
    } else if (connection.stream) {
      connection.stream->Drained();
    }
  }
}

void Worker::FinishIfDone(Connection& connection) {
  if (connection.is_dead || connection.is_busy || !connection.out.empty()) return;
  const bool is_last =
      connection.is_closing || (connection.is_input_over && connection.input.empty());
  if (!is_last) return;
  if (connection.is_input_over) return Close(connection);
  if (connection.is_fin_sent) return;
  // Closing now would make the kernel discard what the client has not read yet.
  connection.is_fin_sent = true;
  counters_.lingering++;
  connection.since = now_;
  ::shutdown(connection.fd, SHUT_WR);
}

void Worker::Dispatch(Connection& connection) {
  Request& request = *connection.request;
  counters_.requests.fetch_add(1, std::memory_order_relaxed);
  counters_.in_flight.fetch_add(1, std::memory_order_relaxed);
  connection.is_busy = true;
  connection.since = now_;
  request.peer = connection.peer;
  NameRequest(request);
  if (request.method == "HEAD") {
    request.is_head = true;
    request.method = "GET";
  }
  const auto pending = std::make_shared<PendingAnswer>(mailbox_, connection.Key());
  std::string problem;
  try {
    return Route(connection, pending);
  } catch (const std::exception& thrown) {
    problem = thrown.what();
  } catch (...) {
    problem = "something that is not a std::exception";
  }
  shared_.Log(LogLevel::kError, fmt::format("request {}: the handler of {} threw: {}",
                                            request.request_id, request.path, problem));
  pending->GiveUp();
  if (connection.is_dead || !connection.is_busy || connection.sequence != pending->key().sequence) {
    return;  // it had answered before
  }
  Response failure = Problem(500, "internal_error", "The request could not be served.");
  Respond(connection, failure);
}

void Worker::Route(Connection& connection, const std::shared_ptr<PendingAnswer>& pending) {
  Request& request = *connection.request;
  if (!SplitTarget(request)) {
    return pending->Send(
        Problem(400, "bad_query", "The query string is not percent-encoded UTF-8 text."));
  }
  if (shared_.hooks.before) {
    if (auto answer = shared_.hooks.before(request)) return pending->Send(*std::move(answer));
  }
  Router::Match match = shared_.router.Find(request);
  if (match.instead) return pending->Send(*std::move(match.instead));
  connection.route = match.route;
  match.route->handler(request, Responder(pending));
}

void Worker::RefuseFraming(Connection& connection, const FramingError& error) {
  connection.is_closing = true;
  if (!connection.request) connection.request = TakeRequest();
  NameRequest(*connection.request);
  Response refusal = Problem(error.status, error.code, error.detail);
  Respond(connection, refusal);
}

void Worker::Answer(const ConnectionKey& key, Response response) {
  if (Connection* connection = FindWaiting(key)) {
    Respond(*connection, response);
    MarkDirty(*connection);
  }
}

void Worker::AnswerWith(PendingAnswer& pending) {
  Connection* connection = FindWaiting(pending.key());
  if (!connection) return;
  Response response;
  try {
    response = pending.Take();
  } catch (const std::exception& thrown) {
    shared_.Log(LogLevel::kError, fmt::format("request {}: the answer could not be rendered: {}",
                                              connection->request->request_id, thrown.what()));
    response = Problem(500, "internal_error", "The answer could not be written.");
  } catch (...) {
    response = Problem(500, "internal_error", "The answer could not be written.");
  }
  Respond(*connection, response);
  MarkDirty(*connection);
}

void Worker::Respond(Connection& connection, Response& response) {
  const Request& request = *connection.request;
  if (response.status < 200 || response.status > 599) {
    shared_.Log(LogLevel::kError,
                fmt::format("request {}: {} is not a status", request.request_id, response.status));
    response = Problem(500, "internal_error", "The answer could not be written.");
  }
  RunAfterHook(request, response);
  CompleteProblem(response, request.request_id);
  const bool was_last_request = connection.is_input_over && connection.input.empty();
  const bool keep_alive = connection.framer.facts().keep_alive && !connection.is_closing &&
                          !was_last_request && !shared_.is_draining;
  scratch_.clear();
  AppendAnswerHead(
      scratch_,
      {date_.Get(), request.request_id, request.minor_version, keep_alive, BodyLength::kKnown},
      response);
  AppendBody(connection, response);
  if (!keep_alive) connection.is_closing = true;
  Conclude(connection, response.status);
}

// A hook that throws must not cost the client its answer.
void Worker::RunAfterHook(const Request& request, Response& response) {
  if (!shared_.hooks.after) return;
  try {
    shared_.hooks.after(request, response);
  } catch (const std::exception& thrown) {
    shared_.Log(LogLevel::kError, fmt::format("request {}: the after hook threw: {}",
                                              request.request_id, thrown.what()));
  }
}

// Puts scratch_ and the body behind it into the queue.
void Worker::AppendBody(Connection& connection, Response& response) {
  const bool has_body = MayHaveBody(response.status) && !connection.request->is_head;
  const bool is_small = has_body && response.BodySize() < kCopyBodyBelow;
  if (is_small) scratch_ += response.shared_body ? *response.shared_body : response.body;
  connection.out.Append(scratch_, buffers_);
  if (!has_body || is_small) return;
  if (response.shared_body) {
    connection.out.AppendShared(response.shared_body);
  } else {
    connection.out.AppendOwned(std::move(response.body));
  }
}

// The request is answered: makes room for the next one.
void Worker::Conclude(Connection& connection, int status) {
  if (shared_.hooks.observed) {
    const std::string_view label =
        connection.route ? std::string_view(connection.route->options.label) : kNoRoute;
    const std::chrono::duration<double> taken = Clock::now() - connection.since;
    const std::string_view method =
        connection.request->is_head ? "HEAD" : std::string_view(connection.request->method);
    shared_.hooks.observed(label, method, status, taken.count());
  }
  if (connection.is_busy) counters_.in_flight.fetch_sub(1, std::memory_order_relaxed);
  connection.is_busy = false;
  connection.sequence++;
  connection.route = nullptr;
  connection.since = now_;
  ReturnRequest(std::move(connection.request));
}

void Worker::NameRequest(Request& request) {
  const std::string_view given = request.Get("x-request-id");
  if (IsRequestId(given)) {
    request.request_id = given;
  } else {
    request_ids_.Make(request.request_id);
  }
}

std::unique_ptr<Request> Worker::TakeRequest() {
  if (spare_requests_.empty()) return std::make_unique<Request>();
  auto request = std::move(spare_requests_.back());
  spare_requests_.pop_back();
  return request;
}

void Worker::ReturnRequest(std::unique_ptr<Request> request) {
  if (spare_requests_.size() >= kMaxSpareRequests) return;
  request->method.clear();
  request->is_head = false;
  request->target.clear();
  request->path.clear();
  request->params.clear();
  request->query.clear();
  request->headers.clear();
  request->body.clear();
  if (request->body.capacity() > kMaxSpareBody) std::string().swap(request->body);
  request->request_id.clear();
  request->minor_version = 1;
  request->context.reset();
  spare_requests_.push_back(std::move(request));
}

}  // namespace gatewright::http
