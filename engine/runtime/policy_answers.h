// engine/runtime/policy_answers.h: a policy answers once on each opening of a gate, by its plugin
// or by a callback: what it has said so far, and what it may still say. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/core/command.h"
#include "engine/core/refusal.h"
#include "engine/core/run.h"
#include "engine/runtime/requests.h"

namespace gatewright::runtime {

// As many as GitHub takes, and as long.
constexpr std::size_t kMaxNotes = 10;
constexpr std::size_t kMaxNoteLength = 1'024;  // code points

// Its approval or rejection on this opening of the gate. Null: it has not answered; an abstention
// decides nothing and is no answer.
const core::Vote* FindAnswer(const core::Run& run, const PolicyTicket& policy);
// Who answered and when; empty: it has not answered.
std::optional<core::Refusal> WhyAnswered(const core::Run& run, const PolicyTicket& policy);

// The vote that says what a callback said; or why it comes too late. A note is an abstention whose
// evidence lists the notes so far.
std::optional<core::Refusal> ToVote(const core::Run& run, const PolicyAnswer& answer, Time now,
                                    core::RecordPolicyVote& vote);

}  // namespace gatewright::runtime
