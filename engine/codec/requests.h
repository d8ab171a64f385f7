// engine/codec/requests.h: what callers send, read from JSON with every mistake of it at once: new
// runs, votes, and how they end. Others: run_requests.h, site_requests.h. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/core/command.h"

namespace gatewright::codec {

constexpr std::size_t kMaxNameLength = 256;      // code points
constexpr std::size_t kMaxCommentLength = 4096;  // code points, also of reasons
constexpr std::size_t kMaxBulkVotes = 50;

struct RequestProblem {
  std::string pointer;  // JSON pointer into the body
  std::string detail;

  bool operator==(const RequestProblem&) const = default;
};

// `value` is to be used only without problems.
template <class T>
struct Reading {
  T value;
  std::vector<RequestProblem> problems;
};

struct CreateBody {
  std::string name;
  std::optional<std::string> workflow;
  std::string subject_json;
  std::optional<std::string> idempotency;  // the same as the header
  std::optional<Time> not_before;
  std::optional<RunId> parent;
  bool is_draft = false;
};

// What is absent is as it was in the run that is asked again.
struct ResubmitBody {
  std::optional<std::string> name;
  std::string subject_json;
  std::optional<Time> not_before;
  core::Expectation expected;
};

// Facade and short forms.
struct DecisionBody {
  std::string comment;
  core::Expectation expected;
  std::optional<std::string> idempotency;
};

struct VoteBody {
  std::optional<StageName> stage;
  std::optional<Epoch> epoch;
  core::Choice choice = core::Choice::kApprove;
  std::string comment;
  core::Expectation expected;
  std::string form_json;  // canonical; empty: none
  PrincipalId on_behalf_of;
};

struct BulkVote {
  RunId run;
  VoteBody vote;
};

struct BulkVoteBody {
  std::vector<BulkVote> votes;  // 1 to kMaxBulkVotes
};

struct CancelBody {
  std::string reason;
  core::Expectation expected;
};

struct ResolveBody {
  core::Resolution resolution = core::Resolution::kFailed;
  std::string reason;
  core::Expectation expected;
};

// An empty body is an empty object. An Error: the text is not JSON that we accept at all.
Result<Reading<CreateBody>> ReadDeploymentBody(std::string_view json);
Result<Reading<CreateBody>> ReadRunBody(std::string_view json);  // `workflow` is needed
Result<Reading<ResubmitBody>> ReadResubmitBody(std::string_view json);
Result<Reading<DecisionBody>> ReadDeploymentDecision(std::string_view json);
Result<Reading<VoteBody>> ReadVoteBody(std::string_view json);
Result<Reading<VoteBody>> ReadShortVoteBody(std::string_view json, core::Choice choice);
Result<Reading<BulkVoteBody>> ReadBulkVoteBody(std::string_view json);
Result<Reading<CancelBody>> ReadCancelBody(std::string_view json);
Result<Reading<ResolveBody>> ReadResolveBody(std::string_view json);

}  // namespace gatewright::codec
