#include "engine/runtime/policy_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/codec/json.h"

namespace gatewright::runtime {
namespace {

namespace json = boost::json;

const core::Gate* FindGate(const core::Run& run, const PolicyTicket& policy) {
  const core::Stage* stage = run.FindStage(policy.stage);
  return stage == nullptr || !stage->gate ? nullptr : &*stage->gate;
}

const core::Vote* FindVote(const core::Gate& gate, const PolicyTicket& policy) {
  const PrincipalId voter("policy:" + policy.policy);
  const auto found = std::ranges::find(gate.votes, voter, &core::Vote::voter);
  return found == gate.votes.end() ? nullptr : &*found;
}

bool IsAnswer(const core::Vote& vote) {
  return vote.choice != core::Choice::kAbstain && vote.carried_reason.empty();
}

std::optional<core::Refusal> WhyTooLate(const core::Run& run, const PolicyTicket& policy) {
  const core::Gate* gate = FindGate(run, policy);
  if (gate == nullptr || gate->epoch != policy.epoch) {
    return core::Refusal{
        core::RefusalCode::kGateNotOpen,
        fmt::format("the question was about opening {} of gate '{}' of run {}, which is over",
                    policy.epoch.value, policy.stage.value, run.id.value)};
  }
  if (auto answered = WhyAnswered(run, policy)) return answered;
  if (gate->decided_at) {
    return core::Refusal{core::RefusalCode::kGateDecided,
                         fmt::format("gate '{}' of run {} was {} by {}'s command at {}",
                                     policy.stage.value, run.id.value, ToString(gate->outcome),
                                     gate->decided_by.value, FormatTime(*gate->decided_at))};
  }
  if (run.is_finished()) {
    return core::Refusal{core::RefusalCode::kRunFinished,
                         fmt::format("run {} was {} at {}", run.id.value, ToString(run.status),
                                     FormatTime(*run.finished_at))};
  }
  return std::nullopt;
}

// What an abstention lists that was made of notes.
json::array NotesIn(const core::Vote* vote) {
  if (vote == nullptr || vote->choice != core::Choice::kAbstain) return {};
  const auto evidence = codec::ParseJson(vote->evidence_json);
  const auto* object = evidence ? evidence->if_object() : nullptr;
  const auto* notes = object == nullptr ? nullptr : object->if_contains("notes");
  return notes == nullptr || !notes->is_array() ? json::array() : notes->get_array();
}

std::optional<core::Refusal> AddNote(const core::Vote* before, const PolicyAnswer& answer, Time now,
                                     core::RecordPolicyVote& vote) {
  if (before != nullptr && before->choice != core::Choice::kAbstain) {
    return core::Refusal{
        core::RefusalCode::kNotPossible,
        fmt::format(
            "the policy's vote of an earlier opening still holds ({}); a note would take it "
            "back, so only another vote is taken",
            before->carried_reason)};
  }
  json::array notes = NotesIn(before);
  if (notes.size() >= kMaxNotes) {
    return core::Refusal{core::RefusalCode::kNotPossible,
                         fmt::format("expected at most {} notes on one opening of a gate; only an "
                                     "approval or a rejection is taken now",
                                     kMaxNotes)};
  }
  notes.push_back(json::object{{"at", FormatTime(now)}, {"comment", answer.comment}});
  vote.choice = core::Choice::kAbstain;
  vote.evidence_json =
      codec::CanonicalJson(json::object{{"by", "callback"}, {"notes", std::move(notes)}});
  return std::nullopt;
}

}  // namespace

const core::Vote* FindAnswer(const core::Run& run, const PolicyTicket& policy) {
  const core::Gate* gate = FindGate(run, policy);
  if (gate == nullptr || gate->epoch != policy.epoch) return nullptr;
  const core::Vote* vote = FindVote(*gate, policy);
  return vote != nullptr && IsAnswer(*vote) ? vote : nullptr;
}

std::optional<core::Refusal> WhyAnswered(const core::Run& run, const PolicyTicket& policy) {
  const core::Vote* vote = FindAnswer(run, policy);
  if (vote == nullptr) return std::nullopt;
  return core::Refusal{
      core::RefusalCode::kNotPossible,
      fmt::format("policy '{}' has voted {} on gate '{}' of run {} at {}; it is asked once",
                  policy.policy, ToString(vote->choice), policy.stage.value, run.id.value,
                  FormatTime(vote->at))};
}

std::optional<core::Refusal> ToVote(const core::Run& run, const PolicyAnswer& answer, Time now,
                                    core::RecordPolicyVote& vote) {
  if (auto late = WhyTooLate(run, answer.ticket)) return late;
  vote.auto_voter = answer.ticket.policy;
  vote.stage = answer.ticket.stage;
  vote.epoch = answer.ticket.epoch;
  vote.reason = answer.comment;
  const core::Vote* before = FindVote(*FindGate(run, answer.ticket), answer.ticket);
  if (!answer.choice) return AddNote(before, answer, now, vote);
  vote.choice = *answer.choice;
  json::object evidence{{"by", "callback"}};
  if (!answer.evidence_json.empty()) {
    evidence["answer"] = codec::ParseJson(answer.evidence_json).value();
  }
  if (auto notes = NotesIn(before); !notes.empty()) evidence["notes"] = std::move(notes);
  vote.evidence_json = codec::CanonicalJson(evidence);
  return std::nullopt;
}

}  // namespace gatewright::runtime
