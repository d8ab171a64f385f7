// server/http/worker.h: owns a share of the connections and does everything with them: reads,
// frames, calls handlers, writes, closes. All of it on one thread; other threads reach it through
// its mailbox. Knows nothing of Pistache: the event loop is behind Poller.
//
// worker.cpp: connections, tasks and timers; worker_requests.cpp: from bytes to answers;
// worker_streams.cpp: streams and the live feed.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/connection.h"
#include "server/http/date_cache.h"
#include "server/http/feed_hub.h"
#include "server/http/mailbox.h"
#include "server/http/pending_answer.h"
#include "server/http/poller.h"
#include "server/http/request_id.h"
#include "server/http/shared_state.h"

namespace gatewright::http {

class Worker : private FeedOutlet {
 public:
  Worker(SharedState& shared, Poller& poller);
  ~Worker() override;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // The worker of this mailbox when the calling thread is its thread, else null.
  static Worker* Current(const Mailbox& mailbox);

  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

  // One round of the event loop: BeginBatch, any of the middle three, EndBatch.
  void BeginBatch();
  void RunTasks();
  void SweepTimers();
  void OnSocket(int fd, bool is_readable, bool is_writable, bool is_hangup);
  void EndBatch();  // writes what the batch produced; nothing is written before

  bool HasEverOwned(int fd) const;

  // Tasks.
  void Adopt(int fd, std::string peer);
  void Answer(const ConnectionKey& key, Response response);
  void AnswerWith(PendingAnswer& pending);
  void OpenStream(const std::shared_ptr<StreamLink>& link, Response head,
                  std::optional<Subscription> subscription);
  void WriteStream(const ConnectionKey& key, const std::shared_ptr<const std::string>& bytes);
  void NotifyStreamWhenDrained(const ConnectionKey& key);
  void EndStream(const ConnectionKey& key, bool is_complete);
  FeedHub& hub() { return hub_; }
  void CloseIdle();  // when the server drains: everything that nobody waits for
  void CloseAll();

 private:
  // Runs it so that what it throws is logged and goes no further.
  template <class Action>
  void Guard(std::string_view what, Action action);

  // Connections.
  Connection* FindById(const ConnectionKey& key);     // null when it has gone
  Connection* FindWaiting(const ConnectionKey& key);  // and still waits for this very answer
  Connection* FindStream(const ConnectionKey& key);
  void AppendToStream(Connection& connection, const std::shared_ptr<const std::string>& bytes);
  void Close(Connection& connection);
  void MarkDirty(Connection& connection);

  // Input and output.
  void Pump(Connection& connection);
  bool ReadOnce(Connection& connection);
  bool MayRead(const Connection& connection) const;
  bool MayDispatch(const Connection& connection) const;
  void Process(Connection& connection, std::string_view& input);
  void Flush(Connection& connection);
  void FinishIfDone(Connection& connection);

  // Requests.
  void Dispatch(Connection& connection);
  void Route(Connection& connection, const std::shared_ptr<PendingAnswer>& pending);
  void RefuseFraming(Connection& connection, const FramingError& error);
  void Respond(Connection& connection, Response& response);
  // Into a WebSocket.
  void Receive(Connection& connection, std::string_view bytes);
  void OpenSocket(Connection& connection, Response& head);
  void RunAfterHook(const Request& request, Response& response);
  void AppendBody(Connection& connection, Response& response);
  void Conclude(Connection& connection, int status);
  void NameRequest(Request& request);
  std::unique_ptr<Request> TakeRequest();
  void ReturnRequest(std::unique_ptr<Request> request);

  // Timers.
  void Expire(Connection& connection);
  void Rearm(Connection& connection);
  Clock::time_point Deadline(const Connection& connection) const;
  std::chrono::milliseconds AnswerTime(const Connection& connection) const;

  // FeedOutlet.
  std::size_t QueuedBytes(const ConnectionKey& key) override;
  void Write(const ConnectionKey& key, const std::shared_ptr<const std::string>& bytes) override;
  void NotifyWhenDrained(const ConnectionKey& key) override;
  bool IsStalled(const ConnectionKey& key) override;
  void CloseSlow(const ConnectionKey& key) override;
  void CloseFailed(const ConnectionKey& key, const std::string& why) override;
  std::function<void(HubTask)> Poster() override;

  SharedState& shared_;
  Poller& poller_;
  const std::shared_ptr<Mailbox> mailbox_;
  Counters& counters_;

  // By file descriptor. The deadlines are apart from the connections so that looking through ten
  // thousand of them four times a second touches 80 kB.
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Clock::time_point> deadlines_;
  std::vector<std::unique_ptr<Connection>> graveyard_;  // closed in this batch
  std::vector<Connection*> dirty_;
  std::vector<Connection*> pumping_;  // dirty_ of the round before
  Connection* processing_ = nullptr;  // its answers are written by Pump, which is running
  Mailbox::Batch batch_;
  Clock::time_point now_;  // of this batch

  DateCache date_;
  RequestIds request_ids_;
  BufferPool buffers_;
  std::vector<std::unique_ptr<Request>> spare_requests_;
  std::string scratch_;
  std::unique_ptr<char[]> read_buffer_;
  FeedHub hub_;
};

}  // namespace gatewright::http
