// engine/ports/plugins.h: what the engine asks plugins, and what it needs to know about them.
// Implemented by plugins/host. Thread-safe throughout: an instance may be called by many threads
// (the host serialises calls into a plugin that did not declare itself concurrent).
// Every call has a deadline; an Error is never an answer and never approves anything.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/core/principal.h"

namespace gatewright::ports {

enum class PluginKind { kApprover = 1, kPolicy, kExecutor, kNotifier };
std::string_view ToString(PluginKind kind);  // "approver" …

// One thing a plugin offers: what a workflow file names in `plugin:`, `role:`, ….
struct Offer {
  PluginKind kind = PluginKind::kApprover;
  std::string name;  // "role", "com.example.on-call"
  std::string summary;
  std::string config_schema;  // JSON Schema 2020-12 of `with`
  bool is_pure = false;       // approvers: no I/O, may be called on the request's thread
  bool can_probe = false;     // executors: can tell what became of an attempt
  bool can_rollback = false;  // executors: can undo what an attempt did
  bool can_stop = false;      // executors: can end an attempt that goes on outside
  bool wants_facts = false;   // policies: Context::facts_json is gathered for it
  std::string library;        // name of the plugin that offers it
};

enum class PluginHealth { kOk = 1, kBroken };

// One shared library found in the plugins folder, loaded or not.
struct PluginInfo {
  std::string name;  // file stem when it could not be loaded
  std::string version;
  std::string path;
  std::string sha256;
  std::string abi;  // "1.0"
  PluginHealth health = PluginHealth::kOk;
  bool is_isolated = false;  // called in processes of its own
  std::string problem;       // one sentence when broken: what was expected and what was found
  std::vector<Offer> offers;
};

// What the calls of one offer came to since the start.
struct OfferUsage {
  PluginKind kind = PluginKind::kApprover;
  std::string name;
  std::string library;
  std::vector<std::pair<std::string_view, std::uint64_t>> calls;  // by how they ended: "ok", …
  double seconds = 0;                                             // of all of them together
};

// The processes of one library that is called in processes of its own.
struct ProcessUsage {
  std::string library;
  std::size_t running = 0;
  std::uint64_t failed = 0;  // killed, or ended by themselves, since the start
  bool is_resting = false;   // too many failed in a row: for a while none is started
};

struct PluginUsage {
  std::vector<OfferUsage> offers;
  std::vector<ProcessUsage> processes;
};

struct ConfigProblem {
  std::string pointer;  // JSON pointer into the config, "" = the whole
  std::string message;
};

// The gate or stage a question is about. Borrowed for the call.
struct Context {
  RunId run;
  std::string_view workflow;
  std::string_view stage;
  std::string_view rule;  // empty for policies and executors
  std::int64_t epoch = 0;
  std::string_view requester;
  std::string_view subject_json;
  std::string_view subject_digest;
  // Policies that want it: {"run": {…}, "votes": […], "history": […]}, what the engine knows
  // besides the subject; else empty. docs/writing-a-plugin.md has the members.
  std::string_view facts_json;
  // Policies and executors: where the outside may answer; a credential. Empty: there is none.
  std::string_view callback_url;
  Time now;
};

struct Eligibility {
  bool is_eligible = false;
  std::string reason;  // shown to people
};

class Approver {
 public:
  virtual ~Approver() = default;
  virtual Result<Eligibility> Check(const Context& context, const core::Principal& principal,
                                    Duration limit) = 0;
};

enum class PolicyChoice { kApprove = 1, kReject, kAbstain, kWait };

struct PolicyVerdict {
  PolicyChoice choice = PolicyChoice::kAbstain;
  std::string reason;
  std::string evidence_json;    // empty, or a JSON object
  Duration ask_again_after{0};  // kWait only
};

class Policy {
 public:
  virtual ~Policy() = default;
  virtual Result<PolicyVerdict> Evaluate(const Context& context, Duration limit) = 0;
};

// One try of an action, as the executor sees it.
struct AttemptRequest {
  Context context;
  std::string_view attempt_id;  // stable over redelivery: the idempotency key towards the outside
  std::int64_t number = 1;
  std::int64_t fencing_token = 0;
  std::string_view handle{};  // of the newest kRunning, else empty
};

// kRunning: it goes on outside, and nobody waits for it in a call.
enum class AttemptOutcome {
  kSucceeded = 1,
  kFailedTransient,
  kFailedPermanent,
  kUnknown,
  kRunning
};

struct AttemptReport {
  AttemptOutcome outcome = AttemptOutcome::kUnknown;
  std::string summary;          // one line for people
  std::string outputs_json;     // empty, or a JSON object
  Duration ask_again_after{0};  // kRunning: probe then; 0 = the callback brings the end
  std::string handle{};         // kRunning: how to find it again; empty = as before
};

// Where an attempt's output goes. Called from the executor's thread, any number of times.
class AttemptSink {
 public:
  virtual ~AttemptSink() = default;
  virtual void Output(std::string_view bytes) = 0;
  virtual void Progress(int percent, std::string_view text) = 0;
};

class Executor {
 public:
  virtual ~Executor() = default;
  // Blocks until the attempt ended, `limit` passed or `cancelled` became true (the plugin is asked
  // to stop; the answer then is kCancelled or kTimeout).
  virtual Result<AttemptReport> Start(const AttemptRequest& request, AttemptSink& sink,
                                      Duration limit, const std::atomic<bool>& cancelled) = 0;
  // What became of an attempt that was kRunning, or whose engine died. Only when the offer says
  // can_probe.
  virtual Result<AttemptReport> Probe(const AttemptRequest& request, AttemptSink& sink,
                                      Duration limit) = 0;
  // Ends what is kRunning; kRunning again: it was told. Only when the offer says can_stop.
  virtual Result<AttemptReport> Stop(const AttemptRequest& /*request*/, AttemptSink& /*sink*/,
                                     Duration /*limit*/) {
    return Error{ErrorCode::kInvalid, "this executor cannot end what goes on outside"};
  }
  // Undoes what an attempt did, the way Start does it; `request` is that one, but for its fencing
  // token. Only when the offer says can_rollback.
  virtual Result<AttemptReport> Rollback(const AttemptRequest& /*request*/, AttemptSink& /*sink*/,
                                         Duration /*limit*/,
                                         const std::atomic<bool>& /*cancelled*/) {
    return Error{ErrorCode::kInvalid, "this executor cannot undo an attempt"};
  }
};

// What a receiver said about the next try, besides that this one failed.
struct DeliveryAdvice {
  Duration retry_after{0};  // not before; 0 = it did not say
  bool is_gone = false;     // it wants no more of these, ever
};

class Notifier {
 public:
  virtual ~Notifier() = default;
  // At least once; the same event_id again means redelivery. kInvalid: trying again cannot help.
  // `advice` may be null.
  virtual Result<void> Deliver(std::string_view event_id, std::string_view event_type,
                               std::string_view event_json, Duration limit,
                               DeliveryAdvice* advice = nullptr) = 0;
};

class Plugins {
 public:
  virtual ~Plugins() = default;

  virtual const std::vector<PluginInfo>& List() const = 0;
  virtual PluginUsage Usage() const { return {}; }
  // Null when no healthy plugin offers it.
  virtual const Offer* Find(PluginKind kind, std::string_view name) const = 0;
  // Names that exist, for "did you mean".
  virtual std::vector<std::string> Names(PluginKind kind) const = 0;
  // Checks `config_json` against the offer's schema; empty = good. The offer must exist.
  virtual std::vector<ConfigProblem> CheckConfig(PluginKind kind, std::string_view name,
                                                 std::string_view config_json) const = 0;

  virtual Result<std::shared_ptr<Approver>> MakeApprover(std::string_view name,
                                                         std::string_view config_json) = 0;
  virtual Result<std::shared_ptr<Policy>> MakePolicy(std::string_view name,
                                                     std::string_view config_json) = 0;
  virtual Result<std::shared_ptr<Executor>> MakeExecutor(std::string_view name,
                                                         std::string_view config_json) = 0;
  virtual Result<std::shared_ptr<Notifier>> MakeNotifier(std::string_view name,
                                                         std::string_view config_json) = 0;
};

}  // namespace gatewright::ports
