#include "plugins/host/child/serve.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "plugins/host/child/frame.h"
#include "plugins/host/child/messages.h"
#include "plugins/host/environment.h"
#include "plugins/host/instance.h"
#include "plugins/host/library.h"
#include "plugins/host/ports_of_instances.h"

namespace gatewright::host {
namespace {

constexpr auto kForEver = FrameSocket::Clock::time_point::max();

// The server's end of the socket, for as many threads as the plugin starts.
class ToServer {
 public:
  explicit ToServer(FrameSocket& socket) : socket_(socket) {}

  void Say(FrameType type, std::string_view payload) {
    const std::lock_guard lock(mutex_);
    // A server that is gone wants no answer; the reading thread ends the process.
    [[maybe_unused]] const auto sent = socket_.Send(type, payload, kForEver);
  }

 private:
  FrameSocket& socket_;
  std::mutex mutex_;
};

class Sink final : public ports::AttemptSink {
 public:
  explicit Sink(ToServer& server) : server_(server) {}

  void Output(std::string_view bytes) override {
    constexpr std::size_t kChunk = 64 * 1024;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(kChunk, bytes.size()))) {
      server_.Say(FrameType::kOutput, bytes.substr(0, kChunk));
    }
  }
  void Progress(int percent, std::string_view text) override {
    server_.Say(FrameType::kProgress, Packed(ProgressMessage{percent, text}));
  }

 private:
  ToServer& server_;
};

// The engine's time as of the last call, carried on by this process's own clock.
class EngineClock {
 public:
  void Set(Time now) { offset_ = ToMicros(now) - Local(); }
  Time Now() const { return FromMicros(offset_ + Local()); }

 private:
  static std::int64_t Local() {
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  std::atomic<std::int64_t> offset_ = 0;
};

Described Describe(const Library& library) {
  Described described;
  described.name = library.info.name;
  described.version = library.info.version;
  described.abi = library.info.abi;
  described.problem = library.info.problem;
  described.offers = library.info.offers;
  return described;
}

class Server {
 public:
  Server(FrameSocket& socket, const Library& library)
      : to_server_(socket), socket_(socket), library_(library) {
    environment_ = std::make_shared<const Environment>(
        Environment{[this] { return clock_.Now(); },
                    [this](LogSeverity severity, std::string_view offer, std::string_view line) {
                      to_server_.Say(FrameType::kLog, Packed(LogMessage{severity, offer, line}));
                    },
                    std::chrono::hours{1}});  // the server ends what takes too long
  }

  void Warn(const std::string& missing) {
    environment_->log(LogSeverity::kWarning, library_.info.name,
                      fmt::format("this kernel cannot restrict it by {}", missing));
  }

  void Go() {
    to_server_.Say(FrameType::kDescribed, Packed(Describe(library_)));
    std::thread([this] { Work(); }).detach();
    for (;;) {
      auto frame = socket_.Receive(kForEver);
      if (!frame) return;
      if (!frame->has_value()) continue;
      if ((*frame)->type == FrameType::kCancel) {
        is_cancelled_ = true;
      } else {
        Hand(**std::move(frame));
      }
    }
  }

 private:
  using Made = std::variant<std::shared_ptr<ports::Approver>, std::shared_ptr<ports::Policy>,
                            std::shared_ptr<ports::Executor>, std::shared_ptr<ports::Notifier>>;

  // What is asked is done by a thread of its own: meanwhile a cancel is heard, and that the server
  // is gone, whatever the plugin does.
  void Hand(Frame frame) {
    is_cancelled_ = false;
    const std::lock_guard lock(mutex_);
    todo_.push_back(std::move(frame));
    something_.notify_one();
  }

  void Work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      something_.wait(lock, [this] { return !todo_.empty(); });
      const Frame frame = std::move(todo_.front());
      todo_.pop_front();
      lock.unlock();
      Do(frame);
    }
  }

  void Do(const Frame& frame) {
    switch (frame.type) {
      case FrameType::kMake:
        if (auto message = Unpacked<MakeMessage>(frame.payload, "order")) {
          Done(message->order, PackedResult(Make(*message)));
        }
        break;
      case FrameType::kCall:
        if (auto message = Unpacked<CallMessage>(frame.payload, "order")) {
          clock_.Set(message->now);
          Done(message->order, Call(*message));
        }
        break;
      case FrameType::kForget:
        made_.erase(Unpacker(frame.payload).Number());
        break;
      default:
        break;
    }
  }

  void Done(std::int64_t order, std::string_view result) {
    Packer out;
    out.Number(order).Text(result);
    to_server_.Say(FrameType::kDone, out.bytes());
  }

  Result<void> Make(const MakeMessage& message) {
    for (const auto& offer : library_.offers) {
      if (offer->offer.kind != message.kind || offer->offer.name != message.name) continue;
      GW_TRY(instance, Instance::Create(environment_, offer, message.config_json));
      made_.insert_or_assign(message.instance, PortOf(message.kind, std::move(instance)));
      return {};
    }
    return Error{ErrorCode::kNotFound, fmt::format("the library offers no '{}'", message.name)};
  }

  static Made PortOf(ports::PluginKind kind, std::shared_ptr<Instance> instance) {
    switch (kind) {
      case ports::PluginKind::kApprover:
        return AsApprover(std::move(instance));
      case ports::PluginKind::kPolicy:
        return AsPolicy(std::move(instance));
      case ports::PluginKind::kExecutor:
        return AsExecutor(std::move(instance));
      case ports::PluginKind::kNotifier:
        return AsNotifier(std::move(instance));
    }
    return {};
  }

  template <class Port>
  Port* Find(std::int64_t instance) {
    const auto found = made_.find(instance);
    if (found == made_.end()) return nullptr;
    const auto* port = std::get_if<std::shared_ptr<Port>>(&found->second);
    return port == nullptr ? nullptr : port->get();
  }

  std::string Call(const CallMessage& call) {
    Sink sink(to_server_);
    const ports::Context& context = call.request.context;
    if (call.function == Function::kCheck) {
      auto* const approver = Find<ports::Approver>(call.instance);
      if (approver == nullptr) return NotMade();
      return PackedResult(approver->Check(context, call.principal, call.limit));
    }
    if (call.function == Function::kEvaluate) {
      auto* const policy = Find<ports::Policy>(call.instance);
      if (policy == nullptr) return NotMade();
      return PackedResult(policy->Evaluate(context, call.limit));
    }
    if (call.function == Function::kDeliver) {
      auto* const notifier = Find<ports::Notifier>(call.instance);
      if (notifier == nullptr) return NotMade();
      return PackedResult(Deliver(*notifier, call));
    }
    auto* const executor = Find<ports::Executor>(call.instance);
    if (executor == nullptr) return NotMade();
    switch (call.function) {
      case Function::kStart:
        return PackedResult(executor->Start(call.request, sink, call.limit, is_cancelled_));
      case Function::kStop:
        return PackedResult(executor->Stop(call.request, sink, call.limit));
      case Function::kRollback:
        return PackedResult(executor->Rollback(call.request, sink, call.limit, is_cancelled_));
      default:
        return PackedResult(executor->Probe(call.request, sink, call.limit));
    }
  }

  static Result<DeliveryMessage> Deliver(ports::Notifier& notifier, const CallMessage& call) {
    DeliveryMessage answer;
    const auto delivered = notifier.Deliver(call.event.id, call.event.type, call.event.json,
                                            call.limit, &answer.advice);
    answer.is_delivered = delivered.has_value();
    if (!delivered) {
      answer.code = delivered.error().code;
      answer.message = delivered.error().message;
    }
    return answer;
  }

  static std::string NotMade() {
    return PackedResult(
        Result<void>(Error{ErrorCode::kInternal, "its instance was lost on the way"}));
  }

  ToServer to_server_;
  FrameSocket& socket_;
  const Library& library_;
  EngineClock clock_;
  std::shared_ptr<const Environment> environment_;
  std::map<std::int64_t, Made> made_;  // used by the working thread alone
  std::atomic<bool> is_cancelled_{false};

  std::mutex mutex_;  // guards todo_
  std::condition_variable something_;
  std::deque<Frame> todo_;
};

constexpr int kExitUsage = 2;

struct Served {
  SandboxOptions sandbox;
  bool is_from_copy = false;
};

std::optional<Served> ReadArguments(int argc, char** argv) {
  if (argc < 3) return std::nullopt;
  Served served;
  SandboxOptions& options = served.sandbox;
  options.library = argv[2];
  for (int i = 3; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string_view value = argv[i + 1];
    if (name == "--memory") {
      const auto read =
          std::from_chars(value.data(), value.data() + value.size(), options.memory_bytes);
      if (read.ec != std::errc()) return std::nullopt;
    } else if (name == "--from" && value == "copy") {
      served.is_from_copy = true;
    } else if (const auto grant = GrantFrom(value); grant && name == "--grant") {
      options.grants.insert(*grant);
    } else {
      return std::nullopt;
    }
  }
  return served;
}

// The server has looked at who may write to the file, and at its digest.
Library LoadServed(const Served& served) {
  const auto& path = served.sandbox.library;
  if (!served.is_from_copy) return LoadLibrary(path, "", FolderTrust::kAnybody);
  Library library = LoadCopy(path, kCopyOfLibrary);
  close(kCopyOfLibrary);
  return library;
}

[[noreturn]] void ServeLibrary(const Served& served) {
  FrameSocket socket(kServerSocket);
  Library library;
  const auto missing = EnterSandbox(served.sandbox);
  if (missing) {
    library = LoadServed(served);
  } else {
    library.info.problem = missing.error().message;
  }
  Server server(socket, library);
  if (missing) {
    for (const std::string& what : *missing) server.Warn(what);
  }
  server.Go();
  // No destructor of the plugin's runs: the server is gone, and so is whoever would wait for it.
  _exit(0);
}

}  // namespace

int RunPluginHost(int argc, char** argv) {
  const auto options = ReadArguments(argc, argv);
  // Nobody but the server has a socket there; somebody at a terminal gets told.
  if (!options || fcntl(kServerSocket, F_GETFD) < 0) {
    fmt::print(
        stderr,
        "gatewright plugin-host: the server starts this itself, to run a plugin in a process "
        "of its own\n");
    return kExitUsage;
  }
  ServeLibrary(*options);
}

}  // namespace gatewright::host
