// engine/runtime/vote_link.h: a link with which somebody votes without any other credential: what
// is written in it, and its signature. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/core/event.h"

namespace gatewright::runtime {

inline constexpr std::string_view kVoteLinkSecret = "vote-links";

// Good for one person, one opening of one gate, and what it was asked about.
struct VoteLink {
  PrincipalId person;
  RunId run;
  StageName stage;
  Epoch epoch;
  std::string subject_digest;
  core::Choice choice = core::Choice::kApprove;
  Time expires;
  std::string message;  // that it came with: its links are used up together

  bool operator==(const VoteLink&) const = default;
};

std::string SignVoteLink(std::string_view secret, const VoteLink& link);
// Empty: it was not signed here, or has been changed.
std::optional<VoteLink> ReadVoteLink(std::string_view secret, std::string_view ticket);

// Under which key the one use of a message's links is remembered.
std::string UseKey(const VoteLink& link);

}  // namespace gatewright::runtime
