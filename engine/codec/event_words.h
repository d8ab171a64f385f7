// engine/codec/event_words.h: the words that events and enumerators have in the log, in
// their order. What was once written is read for ever: words are added, never changed. Private to
// the codec.
#pragma once

#include <array>
#include <string_view>
#include <variant>

#include "engine/core/credential.h"
#include "engine/core/event.h"

namespace gatewright::codec {

// What an event is called in the log, and by notifiers and the live feed; empty: nobody is told.
struct EventName {
  std::string_view type;
  std::string_view topic;
};
// One for each alternative, in order.
template <class Variant>
using EventNames = std::array<EventName, std::variant_size_v<Variant>>;

template <std::size_t N>
using Words = std::array<std::string_view, N>;

constexpr Words<5> WordsOf(core::PrincipalKind) {
  return {"person", "service", "policy", "timer", "engine"};
}
constexpr Words<4> WordsOf(core::Choice) { return {"approve", "reject", "withdraw", "abstain"}; }
constexpr Words<core::kRunOutcomes> WordsOf(core::RunOutcome) {
  return {"succeeded", "rejected",   "expired", "cancelled",
          "failed",    "superseded", "stale",   "rolled_back"};
}
constexpr Words<5> WordsOf(core::AttemptEnd) {
  return {"succeeded", "failed", "timed_out", "cancelled", "unknown"};
}
constexpr Words<2> WordsOf(core::FailureClass) { return {"transient", "permanent"}; }
constexpr Words<3> WordsOf(core::OverrideKind) { return {"gate", "calendar", "lock"}; }
constexpr Words<5> WordsOf(core::HoldKind) {
  return {"stop", "calendar", "wait", "schedule", "lock"};
}
constexpr Words<core::kCredentialKinds> WordsOf(core::CredentialKind) {
  return {"session", "personal", "service"};
}
constexpr Words<4> WordsOf(core::LockMode) { return {"fifo", "lifo", "latest_wins", "parallel"}; }

}  // namespace gatewright::codec
