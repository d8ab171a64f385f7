// The executor `noop`: does nothing, and says so. For workflows whose action happens elsewhere, for
// trying a workflow out, and (sleep_ms, fail) for showing what an action can do.
#include <gatewright/plugin.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

namespace {

using std::chrono::milliseconds;

class Noop final : public gatewright::Executor {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "noop";
  static constexpr char kSummary[] = "Does nothing and succeeds.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "examples": [{}, {"message": "deploying", "sleep_ms": 2000}],
    "additionalProperties": false,
    "properties": {
      "message": {"description": "Written to the attempt's output.", "type": "string"},
      "sleep_ms": {
        "description": "How long to take.",
        "type": "integer", "minimum": 0, "maximum": 60000, "default": 0
      },
      "cancellable": {
        "description": "false: sleeps on when it is cancelled or late.",
        "type": "boolean", "default": true
      },
      "fail": {
        "description": "Fail instead of succeeding: for good, or so that a retry may help.",
        "enum": ["transient", "permanent"]
      }
    }
  })";

  explicit Noop(const gatewright::Config& config)
      : message_(config.String("message", "")),
        sleep_(config.Int("sleep_ms", 0)),
        is_cancellable_(config.Bool("cancellable", true)),
        fail_(config.String("fail", "")) {}

  gatewright::Report Start(const gatewright::Attempt&, gatewright::Call& call) override {
    if (is_cancellable_) call.Checkpoint();
    if (!message_.empty()) call.Output(message_ + "\n");
    Sleep(call);
    return End();
  }

  // Nothing is ever left half done, so an attempt that was cut off ended as any other does.
  gatewright::Report Probe(const gatewright::Attempt&, gatewright::Call&) { return End(); }

 private:
  gatewright::Report End() const {
    if (fail_ == "transient") return gatewright::FailedTransient("failed as configured");
    if (fail_ == "permanent") return gatewright::FailedPermanent("failed as configured");
    return gatewright::Succeeded(message_.empty() ? "nothing to do" : message_);
  }

  void Sleep(gatewright::Call& call) const {
    const auto end = std::chrono::steady_clock::now() + sleep_;
    for (auto now = end - sleep_; now < end; now = std::chrono::steady_clock::now()) {
      if (is_cancellable_) call.Checkpoint();
      std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(end - now, milliseconds(20)));
    }
  }

  std::string message_;
  milliseconds sleep_;
  bool is_cancellable_;
  std::string fail_;
};

}  // namespace

GATEWRIGHT_PLUGIN("noop", "1.0.0", gatewright::Offer<Noop>)
