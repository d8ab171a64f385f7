#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plugins/host/child/remote_ports.h"
#include "plugins/host/text.h"

namespace gatewright::host {
namespace {

using Clock = ChildPool::Clock;

// Longer than anybody waits, and far from where adding to a time_point overflows.
constexpr Duration kLongest = std::chrono::hours{24 * 366};
// How soon a cancel is passed on.
constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::seconds kSendLimit{1};

// One order to a process, and what it says until it is done.
class Talk {
 public:
  Talk(ChildPool& pool, ChildProcess& child, ports::AttemptSink* sink)
      : pool_(pool), socket_(child.socket()), sink_(sink) {}

  void WatchCancel(const std::atomic<bool>* cancelled, Duration grace) {
    cancelled_ = cancelled;
    grace_ = grace;
  }

  Result<std::string> Go(FrameType type, std::int64_t order, std::string_view payload,
                         Clock::time_point until) {
    GW_CHECK(socket_.Send(type, payload, std::min(until, Clock::now() + kSendLimit)));
    for (;;) {
      PassCancelOn(until);
      const auto look = cancelled_ == nullptr ? until : std::min(until, Clock::now() + kLook);
      GW_TRY(frame, socket_.Receive(look));
      if (!frame && Clock::now() >= until) {
        return is_told_ ? Error{ErrorCode::kCancelled, "did not stop in time after the cancel"}
                        : Error{ErrorCode::kTimeout, "had no answer at the deadline"};
      }
      if (!frame) continue;
      if (frame->type == FrameType::kDone) return ResultOf(order, frame->payload);
      GW_CHECK(Hear(*frame));
    }
  }

 private:
  static Result<std::string> ResultOf(std::int64_t order, std::string_view payload) {
    Unpacker in(payload);
    const bool is_ours = in.Number() == order;
    const std::string_view result = in.Text();
    if (!is_ours || !in.is_good()) return Garbled("answer");
    return std::string(result);
  }

  void PassCancelOn(Clock::time_point& until) {
    if (is_told_ || cancelled_ == nullptr || !cancelled_->load()) return;
    is_told_ = true;
    until = std::min(until, Clock::now() + grace_);
    // A process that does not hear it is killed when its grace is over.
    [[maybe_unused]] const auto sent = socket_.Send(FrameType::kCancel, "", until);
  }

  Result<void> Hear(const Frame& frame) {
    if (frame.type == FrameType::kOutput) {
      if (sink_ != nullptr) sink_->Output(frame.payload);
      return {};
    }
    if (frame.type == FrameType::kProgress) {
      GW_TRY(progress, Unpacked<ProgressMessage>(frame.payload, "order"));
      if (sink_ != nullptr) sink_->Progress(progress.percent, CleanText(progress.text));
      return {};
    }
    if (frame.type != FrameType::kLog) return Garbled("order");
    GW_TRY(said, Unpacked<LogMessage>(frame.payload, "line"));
    pool_.Say(said.severity, CleanLine(said.offer), CleanLine(said.line));
    return {};
  }

  ChildPool& pool_;
  FrameSocket& socket_;
  ports::AttemptSink* sink_;
  const std::atomic<bool>* cancelled_ = nullptr;
  Duration grace_{0};
  bool is_told_ = false;
};

}  // namespace

RemoteInstance::RemoteInstance(std::shared_ptr<ChildPool> pool, const ports::Offer& offer,
                               std::string_view config_json, RemoteLimits limits)
    : pool_(std::move(pool)),
      kind_(offer.kind),
      name_(offer.name),
      config_json_(config_json),
      limits_(std::move(limits)),
      number_(pool_->NewInstance()) {}

RemoteInstance::~RemoteInstance() { pool_->Forget(number_); }

Error RemoteInstance::Failure(ErrorCode code, std::string_view what) const {
  return {code, fmt::format("{} '{}' {}", ports::ToString(kind_), name_, what)};
}

// The process is buried: nobody knows what state it is in.
Error RemoteInstance::Broken(std::unique_ptr<ChildProcess> child, const Error& error) {
  const bool is_gone = error.code == ErrorCode::kUnavailable;
  const std::string end = pool_->Bury(std::move(child), is_gone);
  const bool is_late = error.code == ErrorCode::kTimeout || error.code == ErrorCode::kCancelled;
  const std::string what = is_late       ? error.message + "; its process was killed"
                           : end.empty() ? "broke its contract: " + error.message
                                         : "ended inside the call: its process " + end;
  pool_->Say(LogSeverity::kError, name_, what);
  return Failure(is_late ? error.code : ErrorCode::kInternal, what);
}

Result<void> RemoteInstance::MakeIn(ChildProcess& child, Result<void>& made) {
  const std::int64_t order = child.NextOrder();
  const std::string payload = Packed(MakeMessage{order, number_, kind_, name_, config_json_});
  GW_TRY(answer, Talk(*pool_, child, nullptr)
                     .Go(FrameType::kMake, order, payload, Clock::now() + limits_.create_limit));
  made = UnpackedResult<void>(answer);
  if (made) child.made().insert(number_);
  return {};
}

// A process in which this instance is made.
Result<std::unique_ptr<ChildProcess>> RemoteInstance::Ready(Clock::time_point until) {
  auto taken = pool_->Take(until);
  if (!taken) return Failure(taken.error().code, "was not called: " + taken.error().message);
  auto child = *std::move(taken);
  if (child->made().contains(number_)) return child;
  Result<void> made;
  if (auto talked = MakeIn(*child, made); !talked) {
    auto broken = Broken(std::move(child), talked.error());
    // It was not called yet: whoever may try again can.
    if (broken.code == ErrorCode::kInternal) broken.code = ErrorCode::kUnavailable;
    return broken;
  }
  if (made) return child;
  pool_->GiveBack(std::move(child));
  return made.error();
}

Result<void> RemoteInstance::TryMake() {
  GW_TRY(child, Ready(Clock::now() + limits_.create_limit));
  pool_->GiveBack(std::move(child));
  return {};
}

Result<std::string> RemoteInstance::Ask(CallMessage call, ports::AttemptSink* sink,
                                        const std::atomic<bool>* cancelled) {
  const auto deadline = Clock::now() + std::clamp(call.limit, Duration::zero(), kLongest);
  GW_TRY(child, Ready(deadline));
  call.order = child->NextOrder();
  call.instance = number_;
  call.now = limits_.now();
  call.limit = std::chrono::duration_cast<Duration>(
      std::max(Clock::duration::zero(), deadline - Clock::now()));
  Talk talk(*pool_, *child, sink);
  talk.WatchCancel(cancelled, limits_.cancel_grace);
  auto answer = talk.Go(FrameType::kCall, call.order, Packed(call), deadline + limits_.late);
  if (!answer) return Broken(std::move(child), answer.error());
  pool_->GiveBack(std::move(child));
  return answer;
}

}  // namespace gatewright::host
