// server/http/mailbox.h: the only way from any thread to a worker. Thread-safe unless said.
//
// Everybody else knows a worker by its mailbox and a connection by its key, never by a file
// descriptor or a pointer: a connection that has gone away cannot be written to by mistake.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace gatewright::http {

class PendingAnswer;
class Worker;

// Names one request. `slot` is only where to look: the id, never reused, decides.
struct ConnectionKey {
  std::uint64_t id = 0;
  std::uint64_t sequence = 0;  // of the request within its connection
  int slot = -1;
};

// What a worker counts. Written by the worker (dropped_answers by all), read by anyone.
struct Counters {
  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> lingering{0};  // of the connections: answered, waiting to be closed
  std::atomic<std::int64_t> streams{0};
  std::atomic<std::int64_t> in_flight{0};
  std::atomic<std::int64_t> requests{0};
  std::atomic<std::int64_t> dropped_answers{0};
  std::atomic<std::int64_t> slow_killed{0};
  std::atomic<std::int64_t> timed_out{0};
};

class alignas(64) Mailbox {
 public:
  using Task = std::function<void(Worker&)>;
  struct Batch {
    std::vector<Task> tasks;
    std::vector<std::shared_ptr<PendingAnswer>> answers;
  };

  Mailbox();
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // False when the worker has stopped; the task is then destroyed unrun.
  bool Post(Task task);
  bool PostAnswer(std::shared_ptr<PendingAnswer> answer);

  // By the worker only: takes everything that was posted, in order.
  void Take(Batch& batch);
  void Close();
  int fd() const { return fd_; }

  Counters counters;

 private:
  template <class Item>
  bool Put(std::vector<Item>& list, Item item);

  int fd_;  // an eventfd
  std::mutex mutex_;
  Batch waiting_;
  bool is_closed_ = false;
};

}  // namespace gatewright::http
