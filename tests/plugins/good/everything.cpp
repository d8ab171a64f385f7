// A good plugin with one offer of each kind, written against the C++ layer, that shows in its
// answers what it was asked.
#include <atomic>
#include <gatewright/plugin.hpp>
#include <string>
#include <thread>

namespace {

using gatewright::Attempt;
using gatewright::Call;
using gatewright::Config;

// Repeats the question in its reason.
class Echo final : public gatewright::Approver {
 public:
  static constexpr char kName[] = "test.echo", kSummary[] = "Repeats the question.";
  static constexpr char kSchema[] = R"({"type": "object", "additionalProperties": false})";
  explicit Echo(const Config&) {}

  gatewright::Eligibility Check(const gatewright::Question& q, Call& call) override {
    std::string text = std::to_string(q.run_id) + " " + std::to_string(q.epoch);
    for (const auto part : {q.workflow, q.stage, q.rule, q.requester, q.subject_json,
                            q.subject_digest, q.principal.id}) {
      text.append(" ").append(part);
    }
    text += q.principal.HasRole("qa") ? " qa" : " -";
    text += q.principal.IsIn("sre") ? " sre" : " -";
    text += q.now == call.now() ? " same-clock" : " other-clock";
    return gatewright::Eligible(text);
  }
};

// Not concurrent: holds its turn until its deadline, or counts who is inside.
class Turns final : public gatewright::Approver {
 public:
  static constexpr char kName[] = "test.turns", kSummary[] = "Says how many were inside at once.";
  static constexpr char kSchema[] = R"({
    "type": "object", "properties": {"hold": {"type": "boolean"}}, "additionalProperties": false})";
  explicit Turns(const Config& config) : holds_(config.Bool("hold", false)) {}

  gatewright::Eligibility Check(const gatewright::Question&, Call& call) override {
    if (holds_) {
      call.Info("inside");
      for (;; std::this_thread::yield()) call.Checkpoint();
    }
    const int inside = ++inside_;
    std::this_thread::yield();
    --inside_;
    return gatewright::Eligible(std::to_string(inside));
  }

 private:
  bool holds_;
  std::atomic<int> inside_{0};
};

// Votes as its config says.
class Vote final : public gatewright::Policy {
 public:
  static constexpr char kName[] = "test.vote", kSummary[] = "Votes as told.";
  static constexpr char kSchema[] = R"({
    "type": "object", "required": ["choice"], "additionalProperties": false,
    "properties": {"choice": {"enum": ["approve", "reject", "abstain", "wait", "fail"]},
                   "evidence": {"type": "string"}, "delay_ms": {"type": "integer"}}})";
  explicit Vote(const Config& config)
      : choice_(config.String("choice")),
        evidence_(config.String("evidence", "")),
        delay_(config.Int("delay_ms", 1000)) {}

  gatewright::Verdict Evaluate(const gatewright::Context&, Call&) override {
    if (choice_ == "fail") throw gatewright::Unavailable("the calendar is down");
    if (choice_ == "wait") return gatewright::AskAgainAfter(delay_, "not yet");
    if (choice_ == "reject") return gatewright::Reject("no").WithEvidence(evidence_);
    if (choice_ == "abstain") return gatewright::Abstain("none of my business");
    return gatewright::Approve("yes").WithEvidence(evidence_);
  }

 private:
  std::string choice_;
  std::string evidence_;
  std::chrono::milliseconds delay_;
};

// Runs until somebody calls Cancel, which comes from another thread.
class Patient final : public gatewright::Executor {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "test.patient", kSummary[] = "Waits to be cancelled.";
  static constexpr char kSchema[] = R"({"type": "object", "additionalProperties": false})";
  explicit Patient(const Config&) {}

  gatewright::Report Start(const Attempt& attempt, Call& call) override {
    call.Progress(140, "waiting");
    call.Output("started " + std::string(attempt.attempt_id));
    cancelled_.wait(false);
    throw gatewright::Cancelled("told to stop");
  }
  void Cancel(std::string_view) noexcept {
    cancelled_ = true;
    cancelled_.notify_all();
  }
  gatewright::Report Probe(const Attempt& attempt, Call&) {
    return gatewright::OutcomeUnknown("asked about " + std::string(attempt.attempt_id));
  }
  gatewright::Report Rollback(const Attempt& attempt, Call& call) {
    call.Output("undoing");
    return gatewright::Succeeded("undid attempt " + std::to_string(attempt.number))
        .WithOutputs("not JSON");
  }

 private:
  std::atomic<bool> cancelled_{false};
};

// Hands its work over, and finds it again by its handle.
class Relay final : public gatewright::Executor {
 public:
  static constexpr char kName[] = "test.relay", kSummary[] = "Lets others do it.";
  static constexpr char kSchema[] = R"({"type": "object", "additionalProperties": false})";
  explicit Relay(const Config&) {}

  gatewright::Report Start(const Attempt& attempt, Call&) override {
    return gatewright::Running("handed over", std::chrono::milliseconds{250},
                               "job of " + std::string(attempt.callback_url));
  }
  gatewright::Report Probe(const Attempt& attempt, Call& call) {
    call.Output("still " + std::string(attempt.handle));
    return gatewright::Running("half done", std::chrono::milliseconds{0}, "");
  }
  gatewright::Report Stop(const Attempt& attempt, Call&) {
    return gatewright::FailedPermanent("ended " + std::string(attempt.handle));
  }
};

class Mail final : public gatewright::Notifier {
 public:
  static constexpr char kName[] = "test.mail",
                        kSummary[] = "Delivers, unless the type is 'bounce'.";
  static constexpr char kSchema[] = R"({"type": "object", "additionalProperties": false})";
  explicit Mail(const Config&) {}

  void Deliver(const gatewright::Event& event, Call& call) override {
    if (event.type == "gone") throw gatewright::ReceiverGone("moved away");
    if (event.type == "busy") {
      throw gatewright::Unavailable("too much post", std::chrono::seconds{90});
    }
    if (event.type == "bounce") throw gatewright::Unavailable("the post office is closed");
    call.Warning("delivered\n" + std::string(event.id));
  }
};

}  // namespace

GATEWRIGHT_PLUGIN("everything", "2.1.0", gatewright::Offer<Echo>, gatewright::Offer<Turns>,
                  gatewright::Offer<Vote>, gatewright::Offer<Patient>, gatewright::Offer<Relay>,
                  gatewright::Offer<Mail>)
