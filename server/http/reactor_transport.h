// server/http/reactor_transport.h: a worker inside Pistache's reactor: one clone of this transport
// per reactor thread. Pistache gives us epoll, the threads and the peers; its own way of reading,
// parsing and answering is never used (it addresses answers by file descriptor, so that an answer
// can reach the wrong client).
#pragma once

#include <pistache/reactor.h>
#include <pistache/transport.h>

#include <memory>
#include <mutex>
#include <vector>

#include "server/http/poller.h"
#include "server/http/shared_state.h"
#include "server/http/worker.h"

namespace gatewright::http {

class ReactorTransport final : public Pistache::Tcp::Transport, private Poller {
 public:
  // Filled while the reactor makes its clones: the transports that really run.
  struct Clones {
    std::mutex mutex;
    std::vector<std::shared_ptr<ReactorTransport>> list;
  };

  ReactorTransport(SharedState& shared, std::shared_ptr<Clones> clones);
  ~ReactorTransport() override;

  const std::shared_ptr<Mailbox>& mailbox() const { return worker_.mailbox(); }

  std::shared_ptr<Pistache::Aio::Handler> clone() const override;
  void registerPoller(Pistache::Polling::Epoll& poller) override;
  void onReady(const Pistache::Aio::FdSet& events) override;

 private:
  using Event = Pistache::Aio::FdSet::Entry;

  void Handle(const Event& event);
  void ForwardToPistache(const Event& event);

  void Register(int fd) override;
  void WatchWrites(int fd) override;
  void Release(int fd) override;

  SharedState& shared_;
  const std::shared_ptr<Clones> clones_;
  const int timer_fd_;
  std::vector<std::shared_ptr<Pistache::Tcp::Peer>> peers_by_fd_;
  Worker worker_;
};

}  // namespace gatewright::http
