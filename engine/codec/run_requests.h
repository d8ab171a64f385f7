// engine/codec/run_requests.h: the bodies of commands that change what a run asks or waits for,
// read as in requests.h. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/codec/requests.h"

namespace gatewright::codec {

constexpr std::size_t kMaxStageMappings = 256;

// Of commands that need no more than a reason.
struct ReasonBody {
  std::string reason;
  core::Expectation expected;
};

// Of commands that say nothing but what the caller believes.
struct PlainBody {
  core::Expectation expected;
};

struct SubjectBody {
  std::string subject_json;
  std::string reason;
  core::Expectation expected;  // `subject_digest`: of the subject that is replaced
};

// Claims and releases.
struct ClaimBody {
  std::optional<StageName> stage;
  std::optional<Epoch> epoch;
  core::Expectation expected;
};

// Exactly one of `deadline` and `by`.
struct ExtendBody {
  std::optional<StageName> stage;
  std::optional<Epoch> epoch;
  std::optional<Time> deadline;
  std::optional<Duration> by;  // so much later than now set
  std::string reason;
  core::Expectation expected;
};

struct OverrideBody {
  core::OverrideKind kind = core::OverrideKind::kGate;
  std::string reason;
  core::Expectation expected;
};

struct MigrateBody {
  std::optional<std::string> from;  // a version; only where several runs are migrated
  std::string to;                   // a version
  std::vector<core::StageMapping> map;
  core::Expectation expected;  // only where one run is migrated
};

Result<Reading<SubjectBody>> ReadSubjectBody(std::string_view json);
Result<Reading<PlainBody>> ReadSubmitBody(std::string_view json);
Result<Reading<ReasonBody>> ReadRetryBody(std::string_view json);
Result<Reading<ReasonBody>> ReadForceBody(std::string_view json);  // `reason` is needed
Result<Reading<ClaimBody>> ReadClaimBody(std::string_view json);
Result<Reading<ExtendBody>> ReadExtendBody(std::string_view json);
Result<Reading<OverrideBody>> ReadOverrideBody(std::string_view json);
// `map`: [{"from": …, "to": …}, …] or {"old name": "new name", …}.
Result<Reading<MigrateBody>> ReadMigrateBody(std::string_view json);
Result<Reading<MigrateBody>> ReadMigrateRunsBody(std::string_view json);  // every run of `from`

}  // namespace gatewright::codec
