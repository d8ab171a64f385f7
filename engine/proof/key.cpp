// engine/proof/key.cpp: a canonical state as bytes. Whatever `Canonicalize` leaves different
// between two states has to be written here, or they would be taken for one.
#include <string>

#include "engine/proof/canonical.h"

namespace gatewright::proof {
namespace {

using namespace core;  // NOLINT: nearly every name here is the core's

class Writer {
 public:
  explicit Writer(const Model& model) : model_(model) { key_.reserve(128); }

  template <class T>
  requires std::is_enum_v<T> || std::is_integral_v<T> Writer& Put(T value) {
    key_ += static_cast<char>(value);
    return *this;
  }
  Writer& Put(const StageName& stage) { return Put(model_.IndexOf(stage)); }
  Writer& Put(const PrincipalId& id) {
    const std::size_t person = model_.FindPerson(id);
    if (person < model_.cast().people.size()) return Put('p').Put(person).Put(person >> 8);
    return Put('x').Put(id.value);
  }
  Writer& Put(const std::string& text) {
    key_ += text;
    return Put('\0');
  }
  Writer& Put(const std::optional<Time>& time) {
    if (!time) return Put('-');
    return Put(std::to_string(ToMicros(*time) - ToMicros(ProofTime())));
  }

  Writer& Put(const Vote& vote) {
    Put(vote.voter).Put(vote.choice).Put(vote.kind).Put(vote.is_shadow);
    Put(vote.carried_reason).Put(vote.on_behalf_of.value).Put(vote.rules.size());
    for (const RuleId& rule : vote.rules) Put(rule.value);
    return *this;
  }

  Writer& Put(const Gate& gate) {
    Put('g')
        .Put(gate.is_soft)
        .Put(gate.outcome)
        .Put(gate.escalated)
        .Put(gate.deadline)
        .Put(gate.decided_at);
    for (const Time& level : gate.escalations) Put(std::optional(level));
    Put(gate.votes.size());
    for (const Vote& vote : gate.votes) Put(vote);
    if (!gate.eligible) return Put('-');
    for (const RulePeople& rule : *gate.eligible) {
      Put(rule.rule.value).Put(rule.people.size());
      for (const PrincipalId& person : rule.people) Put(person);
    }
    return *this;
  }

  std::string Take() && { return std::move(key_); }

 private:
  const Model& model_;
  std::string key_;
};

}  // namespace

std::string KeyOf(const Model& model, const State& state) {
  const Run& run = state.run;
  Writer key(model);
  key.Put(run.status).Put(run.exists()).Put(run.current_stage).Put(run.requester);
  key.Put(run.is_cancel_requested).Put(run.incident.has_value()).Put(run.stages.size());
  for (const Stage& stage : run.stages) {
    key.Put(stage.name).Put(stage.state).Put(stage.gate.has_value());
    if (stage.gate) key.Put(*stage.gate);
  }
  key.Put(run.skips.size());
  for (const SkippedStage& skip : run.skips) key.Put(skip.stage);
  key.Put(run.held_votes.size());
  for (const HeldVote& held : run.held_votes) {
    key.Put(held.stage).Put(held.vote).Put(held.subject_digest);
  }
  key.Put(run.holds.size());
  for (const Hold& hold : run.holds) key.Put(hold.kind);
  key.Put(run.locks.state).Put(run.locks.ticket).Put(run.locks.until).Put(run.locks.keys.size());
  key.Put(run.overrides.size());
  for (const Override& one : run.overrides) {
    key.Put(one.kind).Put(one.is_granted).Put(one.stage).Put(one.by).Put(one.second);
  }
  key.Put(run.review.has_value());
  if (run.review) key.Put(run.review->outcome);
  key.Put(run.attempts.size());
  for (const Attempt& attempt : run.attempts) {
    key.Put(attempt.stage).Put(attempt.state).Put(attempt.epoch.value);
    key.Put(attempt.started_at.has_value());
  }
  for (const std::uint8_t passage : state.passages) key.Put(passage);
  return std::move(key).Take();
}

}  // namespace gatewright::proof
