#include "server/http/server.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <numeric>
#include <thread>
#include <utility>

#include "server/http/acceptor.h"
#include "server/http/answer_head.h"
#include "server/http/problem.h"
#include "server/http/reactor_transport.h"

namespace gatewright::http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kMaxSettle{200};  // for clients to learn that we are going
constexpr milliseconds kPollEvery{2};
constexpr milliseconds kCloseAllWithin{1000};

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Router router, Hooks hooks, std::shared_ptr<FeedSource> feed) {
    shared_.limits = {options.max_header_block, options.max_headers, options.max_target,
                      options.max_body};
    shared_.options = std::move(options);
    shared_.router = std::move(router);
    shared_.hooks = std::move(hooks);
    shared_.feed = std::move(feed);
  }

  ~Impl() { Shutdown(milliseconds{0}); }

  Result<std::uint16_t> Start() {
    std::signal(SIGPIPE, SIG_IGN);
    GW_TRY(port, acceptor_.Listen(shared_.options.host, shared_.options.port));
    try {
      StartReactor();
    } catch (const std::exception& problem) {
      return Error{ErrorCode::kInternal,
                   fmt::format("Cannot start the HTTP workers: {}", problem.what())};
    }
    acceptor_.Run([this](std::shared_ptr<OwnedSocket> socket, std::string peer) {
      HandOver(std::move(socket), std::move(peer));
    });
    return port;
  }

  void Publish(std::int64_t after, std::vector<Frame> frames) {
    const auto batch = std::make_shared<const std::vector<Frame>>(std::move(frames));
    for (const auto& mailbox : mailboxes_) {
      mailbox->Post([after, batch](Worker& worker) { worker.hub().Publish(after, *batch); });
    }
  }

  void Shutdown(milliseconds grace) {
    const auto end = Clock::now() + grace;
    const milliseconds settle = std::min(kMaxSettle, grace / 4);
    shared_.is_draining = true;
    if (!reactor_) return acceptor_.Stop();
    std::this_thread::sleep_for(settle);  // still accepting; every answer says Connection: close
    acceptor_.Stop();
    std::this_thread::sleep_for(settle);  // the last ones accepted send their requests
    TellWorkers([](Worker& worker) { worker.CloseIdle(); });
    WaitUntil(end, [this] { return Unfinished() == 0; });
    TellWorkers([](Worker& worker) { worker.CloseAll(); });
    WaitUntil(Clock::now() + kCloseAllWithin, [this] { return Stats().connections == 0; });
    reactor_->shutdown();
    transports_.clear();
    reactor_.reset();  // joins the threads
  }

  bool IsDraining() const { return shared_.is_draining; }

  Statistics Stats() const {
    Statistics sum;
    sum.accepted = accepted_;
    sum.refused = refused_;
    for (const auto& mailbox : mailboxes_) {
      const Counters& counters = mailbox->counters;
      sum.connections += counters.connections;
      sum.streams += counters.streams;
      sum.in_flight += counters.in_flight;
      sum.requests += counters.requests;
      sum.dropped_answers += counters.dropped_answers;
      sum.slow_killed += counters.slow_killed;
      sum.timed_out += counters.timed_out;
    }
    return sum;
  }

 private:
  void StartReactor() {
    auto clones = std::make_shared<ReactorTransport::Clones>();
    reactor_ = Pistache::Aio::Reactor::create();
    reactor_->init(Pistache::Aio::AsyncContext(
        static_cast<std::size_t>(std::max(1, shared_.options.workers)), "gw-http"));
    reactor_->addHandler(std::make_shared<ReactorTransport>(shared_, clones));
    transports_.swap(clones->list);  // each of them holds `clones`
    for (const auto& transport : transports_) mailboxes_.push_back(transport->mailbox());
    reactor_->run();
  }

  // On the accept thread.
  void HandOver(std::shared_ptr<OwnedSocket> socket, std::string peer) {
    if (Stats().connections >= static_cast<std::int64_t>(shared_.options.max_connections)) {
      return Refuse(*socket);
    }
    accepted_++;
    const auto& mailbox = mailboxes_[next_worker_++ % mailboxes_.size()];
    mailbox->Post([socket = std::move(socket), peer = std::move(peer)](Worker& worker) {
      worker.Adopt(socket->Take(), peer);
    });
  }

  void Refuse(const OwnedSocket& socket) {
    refused_++;
    Response refusal =
        Problem(503, "too_many_connections",
                fmt::format("At most {} connections are served.", shared_.options.max_connections));
    refusal.headers.push_back({"Retry-After", "1"});
    std::string id;
    refused_ids_.Make(id);
    CompleteProblem(refusal, id);
    std::string text;
    AppendAnswerHead(text, {refused_date_.Get(), id, 1, false, BodyLength::kKnown}, refusal);
    text += refusal.body;
    (void)::send(socket.fd(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::shutdown(socket.fd(), SHUT_WR);
  }

  void TellWorkers(const Mailbox::Task& task) {
    for (const auto& mailbox : mailboxes_) mailbox->Post(task);
  }

  // Connections that still owe somebody an answer.
  std::int64_t Unfinished() const {
    return std::accumulate(mailboxes_.begin(), mailboxes_.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& mailbox) {
                             return sum + mailbox->counters.connections -
                                    mailbox->counters.lingering;
                           });
  }

  template <class Condition>
  static void WaitUntil(Clock::time_point end, Condition is_true) {
    while (!is_true() && Clock::now() < end) std::this_thread::sleep_for(kPollEvery);
  }

  SharedState shared_;
  std::shared_ptr<Pistache::Aio::Reactor> reactor_;
  std::vector<std::shared_ptr<ReactorTransport>> transports_;
  std::vector<std::shared_ptr<Mailbox>> mailboxes_;
  std::size_t next_worker_ = 0;
  std::atomic<std::int64_t> accepted_{0};
  std::atomic<std::int64_t> refused_{0};
  DateCache refused_date_;  // of the accept thread
  RequestIds refused_ids_;
  Acceptor acceptor_;
};

Server::Server(ServerOptions options, Router router, Hooks hooks, std::shared_ptr<FeedSource> feed)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(router), std::move(hooks),
                                   std::move(feed))) {}

Server::~Server() = default;

Result<std::uint16_t> Server::Start() { return impl_->Start(); }

void Server::Publish(std::int64_t after, std::vector<Frame> frames) {
  impl_->Publish(after, std::move(frames));
}

void Server::Shutdown(milliseconds grace) { impl_->Shutdown(grace); }

bool Server::IsDraining() const { return impl_->IsDraining(); }

Statistics Server::Stats() const { return impl_->Stats(); }

}  // namespace gatewright::http
