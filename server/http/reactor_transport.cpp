#include "server/http/reactor_transport.h"

#include <fmt/format.h>
#include <pistache/peer.h>
#include <pistache/tcp.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <exception>
#include <utility>

#include "engine/base/assert.h"

namespace gatewright::http {
namespace {

using Pistache::Polling::Mode;
using Pistache::Polling::NotifyOn;
using Pistache::Polling::Tag;

constexpr long kSweepNanoseconds = 250'000'000;

// The other side has sent its last byte, or the connection is broken. Pistache reports the former
// but hides it in a private base class; only this kind of cast may look there.
bool IsHangup(const Pistache::Aio::FdSet::Entry& entry) {
  const auto& event = (const Pistache::Polling::Event&)entry;  // NOLINT
  return event.flags.hasFlag(NotifyOn::Shutdown) || event.flags.hasFlag(NotifyOn::Hangup);
}

// Pistache wants a handler for what it reads; it never reads.
class NoInput : public Pistache::Tcp::Handler {
 public:
  PROTOTYPE_OF(Pistache::Tcp::Handler, NoInput)
  void onInput(const char*, std::size_t, const std::shared_ptr<Pistache::Tcp::Peer>&) override {}
};

}  // namespace

ReactorTransport::ReactorTransport(SharedState& shared, std::shared_ptr<Clones> clones)
    : Transport(std::make_shared<NoInput>()),
      shared_(shared),
      clones_(std::move(clones)),
      timer_fd_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      worker_(shared, *this) {
  GW_ASSERT(timer_fd_ >= 0);
}

ReactorTransport::~ReactorTransport() { ::close(timer_fd_); }

std::shared_ptr<Pistache::Aio::Handler> ReactorTransport::clone() const {
  auto copy = std::make_shared<ReactorTransport>(shared_, clones_);
  const std::lock_guard lock(clones_->mutex);
  clones_->list.push_back(copy);
  return copy;
}

void ReactorTransport::registerPoller(Pistache::Polling::Epoll& poller) {
  Transport::registerPoller(poller);
  const itimerspec every{{0, kSweepNanoseconds}, {0, kSweepNanoseconds}};
  timerfd_settime(timer_fd_, 0, &every, nullptr);
  const Pistache::Flags<NotifyOn> reads(NotifyOn::Read);
  poller.addFd(mailbox()->fd(), reads, Tag(mailbox()->fd()));
  poller.addFd(timer_fd_, reads, Tag(timer_fd_));
}

// An exception that leaves this function ends the process; the worker guards what it runs.
void ReactorTransport::onReady(const Pistache::Aio::FdSet& events) {
  worker_.BeginBatch();
  for (const Event& event : events) {
    try {
      Handle(event);
    } catch (const std::exception& problem) {
      shared_.Log(LogLevel::kError, fmt::format("A worker's event failed: {}", problem.what()));
    }
  }
  worker_.EndBatch();
}

void ReactorTransport::Handle(const Event& event) {
  const int fd = static_cast<int>(event.getTag().value());
  if (fd == mailbox()->fd()) {
    worker_.RunTasks();
  } else if (fd == timer_fd_) {
    std::uint64_t ticks = 0;
    if (::read(timer_fd_, &ticks, sizeof ticks) > 0) worker_.SweepTimers();
  } else if (worker_.HasEverOwned(fd)) {
    worker_.OnSocket(fd, event.isReadable(), event.isWritable(), IsHangup(event));
  } else if (event.isReadable()) {
    ForwardToPistache(event);
  }
}

// Its own queues. A write-only event would make it throw.
void ReactorTransport::ForwardToPistache(const Event& event) {
  Pistache::Polling::Event only(event.getTag());
  only.flags.setFlag(NotifyOn::Read);
  std::vector<Pistache::Polling::Event> events{only};
  Transport::onReady(Pistache::Aio::FdSet(std::move(events)));
}

void ReactorTransport::Register(int fd) {
  auto peer = Pistache::Tcp::Peer::Create(fd, Pistache::Address());
  const auto slot = static_cast<std::size_t>(fd);
  if (slot >= peers_by_fd_.size()) peers_by_fd_.resize(slot + 64);
  peers_by_fd_[slot] = peer;
  handleNewPeer(peer);  // on this thread it registers at once, without a queue
}

void ReactorTransport::WatchWrites(int fd) {
  reactor()->modifyFd(key(), fd, NotifyOn::Read | NotifyOn::Write | NotifyOn::Shutdown, Mode::Edge);
}

void ReactorTransport::Release(int fd) {
  const auto peer = std::exchange(peers_by_fd_[static_cast<std::size_t>(fd)], nullptr);
  removePeer(peer);  // takes it out of epoll and closes it
}

}  // namespace gatewright::http
