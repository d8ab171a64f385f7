// gatewright/plugin.hpp: write a plugin in C++20. Header-only, std only, over gatewright/plugin.h.
//
//   class OnCall final : public gatewright::Approver {
//    public:
//     static constexpr char kName[] = "com.example.on-call";
//     static constexpr char kSummary[] = "Eligible while on call.";
//     static constexpr char kSchema[] = R"({"type": "object", …})";
//     explicit OnCall(gatewright::Config config);          // or (Config, gatewright::Call&)
//     gatewright::Eligibility Check(const gatewright::Question&, gatewright::Call&) override;
//   };
//   GATEWRIGHT_PLUGIN("on-call", "1.0.0", gatewright::Offer<OnCall>)
//
// A class may also say `static constexpr bool kConcurrent = true;` (many threads may be inside one
// instance) and, an approver, `static constexpr bool kPure = true;` (no I/O, no waiting: it is then
// called on the request's own thread) or, a policy, `static constexpr bool kWantsFacts = true;`
// (its context then has facts_json). To end a call without an answer, throw: see error.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatewright/call.hpp"
#include "gatewright/config.hpp"
#include "gatewright/error.hpp"
#include "gatewright/json.hpp"
#include "gatewright/json_schema.hpp"
#include "gatewright/plugin.h"

namespace gatewright {
inline namespace sdk1 {

// ---- What a call is about. Everything is borrowed until the call returns. ----

struct Context {
  explicit Context(const gw_context& raw)
      : run_id(raw.run_id),
        epoch(raw.epoch),
        workflow(View(raw.workflow)),
        stage(View(raw.stage)),
        rule(View(raw.rule)),
        requester(View(raw.requester)),
        subject_json(View(raw.subject_json)),
        subject_digest(View(raw.subject_digest)),
        now(std::chrono::microseconds(raw.now_unix_us)),
        facts_json(View(raw.facts_json)),
        callback_url(View(raw.callback_url)) {}

  std::int64_t run_id;
  std::int64_t epoch;  // which opening of the gate, from 1
  std::string_view workflow;
  std::string_view stage;
  std::string_view rule;  // empty for policies and executors
  std::string_view requester;
  std::string_view subject_json;
  std::string_view subject_digest;
  TimePoint now;  // the engine's clock: use it instead of your own
  // A policy that kWantsFacts: an object of what is known besides the subject. Else empty.
  std::string_view facts_json;
  // Policies and executors: where the outside may answer instead. A credential. May be empty.
  std::string_view callback_url;
};

class Principal {
 public:
  explicit Principal(const gw_principal& raw)
      : id(View(raw.id)),
        kind(raw.kind),
        is_everybody((raw.flags & GW_PRINCIPAL_IS_EVERYBODY) != 0),
        roles_(raw.roles),
        groups_(raw.groups) {}

  std::string_view id;
  gw_principal_kind kind;
  bool is_everybody;  // development mode: holds every role and group, and is every user

  bool Is(std::string_view user) const { return is_everybody || id == user; }
  bool HasRole(std::string_view role) const { return is_everybody || Holds(roles_, role); }
  bool IsIn(std::string_view group) const { return is_everybody || Holds(groups_, group); }
  std::vector<std::string_view> roles() const { return All(roles_); }
  std::vector<std::string_view> groups() const { return All(groups_); }

 private:
  static std::vector<std::string_view> All(gw_string_list list) {
    std::vector<std::string_view> all;
    for (std::size_t i = 0; i < list.count; ++i) all.push_back(View(list.items[i]));
    return all;
  }
  static bool Holds(gw_string_list list, std::string_view wanted) {
    for (std::size_t i = 0; i < list.count; ++i) {
      if (View(list.items[i]) == wanted) return true;
    }
    return false;
  }

  gw_string_list roles_;
  gw_string_list groups_;
};

struct Question : Context {
  explicit Question(const gw_question& raw) : Context(*raw.context), principal(*raw.principal) {}
  Principal principal;  // who wants to vote
};

struct Attempt : Context {
  explicit Attempt(const gw_attempt& raw)
      : Context(*raw.context),
        attempt_id(View(raw.attempt_id)),
        number(raw.number),
        fencing_token(raw.fencing_token),
        handle(View(raw.handle)) {}
  std::string_view attempt_id;  // stable over redelivery: the idempotency key towards the outside
  std::int64_t number;          // 1 for the first attempt
  std::int64_t fencing_token;   // only ever grows
  std::string_view handle;      // of the newest Running of this attempt
};

struct Event {
  std::string_view id;  // the same id again is a redelivery
  std::string_view type;
  std::string_view json;
};

// ---- Answers ----

struct Eligibility {
  gw_eligibility_value value;
  std::string reason;  // shown to people
};
inline Eligibility Eligible(std::string reason) { return {GW_ELIGIBLE, std::move(reason)}; }
inline Eligibility NotEligible(std::string reason) { return {GW_NOT_ELIGIBLE, std::move(reason)}; }

struct Verdict {
  gw_choice choice;
  std::string reason;  // shown to people
  std::string evidence_json = {};
  std::chrono::milliseconds ask_again_after{0};

  // `json` is an object, kept with the vote.
  Verdict WithEvidence(std::string json) && {
    evidence_json = std::move(json);
    return std::move(*this);
  }
};
inline Verdict Approve(std::string reason) { return {GW_APPROVE, std::move(reason)}; }
inline Verdict Reject(std::string reason) { return {GW_REJECT, std::move(reason)}; }
inline Verdict Abstain(std::string reason) { return {GW_ABSTAIN, std::move(reason)}; }
inline Verdict AskAgainAfter(std::chrono::milliseconds delay, std::string reason) {
  return {GW_WAIT, std::move(reason), {}, delay};
}

struct Report {
  gw_outcome outcome;
  std::string summary;  // one line for people
  std::string outputs_json = {};
  std::chrono::milliseconds ask_again_after{0};  // Running: when to call Probe; 0 = never
  std::string handle = {};                       // Running: how Probe and Stop find it again

  // `json` is an object.
  Report WithOutputs(std::string json) && {
    outputs_json = std::move(json);
    return std::move(*this);
  }
};
inline Report Succeeded(std::string summary) { return {GW_SUCCEEDED, std::move(summary)}; }
inline Report FailedTransient(std::string why) { return {GW_FAILED_TRANSIENT, std::move(why)}; }
inline Report FailedPermanent(std::string why) { return {GW_FAILED_PERMANENT, std::move(why)}; }
inline Report OutcomeUnknown(std::string why) { return {GW_OUTCOME_UNKNOWN, std::move(why)}; }
// The work goes on outside: Probe is asked after `delay` (0 = the callback brings the end).
inline Report Running(std::string summary, std::chrono::milliseconds delay, std::string handle) {
  return {GW_RUNNING, std::move(summary), {}, delay, std::move(handle)};
}

// ---- What a plugin offers: derive from one of these ----

// May this principal's vote fill this rule?
class Approver {
 public:
  virtual ~Approver() = default;
  virtual Eligibility Check(const Question& question, Call& call) = 0;
};

// A voter that is a program.
class Policy {
 public:
  virtual ~Policy() = default;
  virtual Verdict Evaluate(const Context& context, Call& call) = 0;
};

// Does the approved action. Start watches the call: call.Checkpoint() in every loop.
// A class may also have any of
//   void Cancel(std::string_view attempt_id) noexcept;   // from another thread: stop Start soon
//   Report Probe(const Attempt& attempt, Call& call);    // what became of it? It is Running, or
//                                                        // the engine died
//   Report Stop(const Attempt& attempt, Call& call);     // end what is Running
//   Report Rollback(const Attempt& attempt, Call& call); // undo what it did
class Executor {
 public:
  virtual ~Executor() = default;
  virtual Report Start(const Attempt& attempt, Call& call) = 0;
};

// Tells somebody about an event. Returning means delivered.
class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual void Deliver(const Event& event, Call& call) = 0;
};

}  // namespace sdk1
}  // namespace gatewright

#include "gatewright/offer.hpp"
