// engine/codec/site_requests.h: the bodies of commands on the installation: emergency stops and
// delegations; and of questions that concern no run, read as in requests.h. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/codec/requests.h"
#include "engine/core/site.h"

namespace gatewright::codec {

constexpr std::size_t kMaxLabels = 64;

// Neither `until` nor `lasts`: until it is lifted.
struct StopBody {
  core::Selector selector;  // what is absent does not restrict
  std::string reason;
  std::optional<Time> until;
  std::optional<Duration> lasts;  // "for": from now on
};

// Lifts a stop, revokes a delegation.
struct LiftBody {
  std::string reason;
};

struct DelegationBody {
  std::optional<PrincipalId> from;  // absent: whoever asks
  PrincipalId to;
  core::Selector scope;
  std::optional<Time> valid_from;  // absent: from now on
  Time valid_until;
  std::string reason;
};

// A workflow to be played, and what is requested.
struct SimulationBody {
  std::string source;        // YAML or JSON
  std::string subject_json;  // "{}" when absent
};

Result<Reading<StopBody>> ReadStopBody(std::string_view json);
Result<Reading<LiftBody>> ReadLiftBody(std::string_view json);
Result<Reading<DelegationBody>> ReadDelegationBody(std::string_view json);
Result<Reading<SimulationBody>> ReadSimulationBody(std::string_view json);

}  // namespace gatewright::codec
