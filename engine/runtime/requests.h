// engine/runtime/requests.h: what a caller asks of the engine, and what it is answered.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/ids.h"
#include "engine/core/command.h"
#include "engine/core/principal.h"
#include "engine/core/refusal.h"
#include "engine/core/run.h"
#include "engine/core/site.h"
#include "engine/core/workflow.h"
#include "engine/ports/store.h"
#include "engine/runtime/callbacks.h"

namespace gatewright::runtime {

// One mistake in what the caller sent.
struct FieldProblem {
  std::string pointer;  // JSON pointer into the body
  std::string detail;
};

enum class ReplyKind {
  kDone = 1,  // committed and on disk; `changed` false: there was nothing to change
  kRefused,   // the caller may not do that: `refusal`
  kInvalid,   // the caller's data is wrong: `problems`
  kFailed,    // the world failed: `error`; nothing was changed
  kReplayed,  // the same Idempotency-Key again: `stored` is the first answer
};

struct Reply {
  ReplyKind kind = ReplyKind::kFailed;
  bool changed = false;
  std::shared_ptr<const core::Run> run;    // kDone; kRefused where the run exists
  std::shared_ptr<const core::Site> site;  // instead, kDone of a SiteRequest: as it is after it
  core::Refusal refusal;
  std::vector<FieldProblem> problems;
  Error error;
  ports::AnswerRow stored;
};

// Called exactly once, from any thread, soon; must not block.
using Answer = std::function<void(Reply)>;

// Makes a POST safe to repeat. The answer is stored in the transaction of its effect.
struct Idempotency {
  std::string key;          // digest of principal and Idempotency-Key
  std::string fingerprint;  // digest of method, path and body
  // The answer as it will be sent (status, body, headers_json), from a kDone or kRefused reply.
  // Pure. Status 0: not known yet (an action still runs); completed later by CompleteAnswer.
  std::function<ports::AnswerRow(const Reply&)> render;
};

struct CreateRequest {
  core::Principal actor;
  WorkflowName workflow;
  std::string name;
  std::string subject_json;  // JSON text of an object; empty = {}
  std::optional<Time> not_before;
  std::optional<RunId> parent;
  std::optional<RunId> resubmit_of;
  std::optional<Idempotency> idempotency;
};

// A new run like one that has ended. What is absent is as it was there.
struct ResubmitRequest {
  core::Principal actor;
  RunId run;
  std::optional<std::string> name;
  std::string subject_json;
  std::optional<Time> not_before;
  core::Expectation expected;
  std::optional<Idempotency> idempotency;
};

struct VoteRequest {
  core::Principal actor;
  RunId run;
  std::optional<StageName> stage;  // none = whatever gate is open now
  std::optional<Epoch> epoch;
  core::Choice choice = core::Choice::kApprove;
  std::string comment;
  std::string form_json;     // canonical; empty: none
  PrincipalId on_behalf_of;  // empty: the actor's own, or whoever delegated to the actor
  core::Expectation expected;
  std::optional<Idempotency> idempotency;
};

struct SubjectRequest {
  core::Principal actor;
  RunId run;
  std::string subject_json;
  std::string reason;
  core::Expectation expected;
  std::optional<Idempotency> idempotency;
};

// To claim the open gate, or to release it.
struct ClaimRequest {
  core::Principal actor;
  RunId run;
  std::optional<StageName> stage;
  std::optional<Epoch> epoch;
  core::Expectation expected;
  std::optional<Idempotency> idempotency;
};

struct ExtendRequest {
  core::Principal actor;
  RunId run;
  std::optional<StageName> stage;
  std::optional<Epoch> epoch;
  std::optional<Time> deadline;  // either this
  Duration by{0};                // or so much later than it is now
  std::string reason;
  core::Expectation expected;
  std::optional<Idempotency> idempotency;
};

struct OverrideRequest {
  core::Principal actor;
  RunId run;
  core::OverrideKind kind = core::OverrideKind::kGate;
  std::string reason;
  core::Expectation expected;
  std::optional<Idempotency> idempotency;
};

struct RetryRequest {
  core::Principal actor;
  RunId run;
  std::string reason;
  core::Expectation expected;
  std::optional<Idempotency> idempotency;
};

struct RollbackRequest {
  core::Principal actor;
  RunId run;
  std::string reason;
  core::Expectation expected;
  std::optional<Idempotency> idempotency;
};

struct MigrateRequest {
  core::Principal actor;
  RunId run;
  std::optional<WorkflowVersion> to;  // none: the current revision
  std::vector<core::StageMapping> stages;
  core::Expectation expected;
  std::optional<Idempotency> idempotency;
};

// On the installation itself: stops and delegations.
struct SiteRequest {
  core::SiteCommand command;
  std::optional<Idempotency> idempotency;
};

struct CancelRequest {
  core::Principal actor;
  RunId run;
  std::string reason;
  core::Expectation expected;
  std::optional<Idempotency> idempotency;
};

struct ResolveRequest {
  core::Principal actor;
  RunId run;
  core::Resolution resolution = core::Resolution::kFailed;
  std::string reason;
  core::Expectation expected;
  std::optional<Idempotency> idempotency;
};

// What somebody outside says of an attempt, with the ticket it was given.
struct AttemptAnswer {
  AttemptTicket ticket;
  std::optional<core::AttemptEnd> end;  // none: it goes on
  core::FailureClass failure = core::FailureClass::kPermanent;
  std::string summary;
  std::string outputs_json;    // canonical; empty: none
  std::optional<int> percent;  // while it goes on
};

// The vote of a policy whose check is made outside, or a note on how far that is.
struct PolicyAnswer {
  PolicyTicket ticket;
  std::optional<core::Choice> choice;  // none: only the note
  std::string comment;
  std::string evidence_json;  // canonical; empty: none
};

struct PublishRequest {
  core::Principal actor;
  core::Workflow workflow;  // checked by engine/definition
  std::string source;
  std::string published_by;  // "file:deployment.yaml" or a principal's id
};

}  // namespace gatewright::runtime
