#include "tests/core/support/story.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "tests/core/support/build.h"

namespace gatewright::core::test {

Story::Story(Workflow workflow)
    : workflow_(std::move(workflow)), now_(*ParseTime("2026-03-02T09:00:00Z")) {
  run_.id = RunId{1};
  replayed_ = run_;
}

const std::vector<Vote>& Story::votes(std::string_view stage) const {
  return run_.FindStage(StageName{stage})->gate->votes;
}

void Story::Only(std::string_view rule, std::initializer_list<std::string_view> people) {
  auto& set = people_of_rule_[std::string(rule)];
  set.clear();
  for (const std::string_view person : people) set.emplace(person);
}

std::vector<RuleId> Story::RulesFor(const PrincipalId& person, const StageName& stage) const {
  std::vector<RuleId> rules;
  const StageSpec* spec = workflow_.FindStage(stage);
  if (spec == nullptr || !spec->gate) return rules;
  for (const Rule* leaf : Leaves(spec->gate->rules)) {
    const auto people = people_of_rule_.find(leaf->id.value);
    if (people == people_of_rule_.end() || people->second.contains(person.value)) {
      rules.push_back(leaf->id);
    }
  }
  return rules;
}

Decision Story::Do(const Command& command) {
  Decision decision = Decide(run_, workflow_, command, now_);
  if (const auto* accepted = std::get_if<Accepted>(&decision)) {
    if (!accepted->events.empty()) {
      log_.push_back({Stamp{now_, ActorOf(command)}, accepted->events});
      ApplyEntry(replayed_, accepted->events, log_.back().stamp);
    }
    EXPECT_TRUE(replayed_ == accepted->run)
        << "replaying the events does not give the run that was decided";
    run_ = accepted->run;
  }
  return decision;
}

Decision Story::Create(const Principal& by, std::vector<SkippedStage> skips) {
  return Do(CreateRun{by, "release 1.2", R"({"version":"1.2"})", "d1", std::move(skips)});
}

Decision Story::Create(std::string_view by) { return Create(Person(std::string(by))); }

CastVote Story::VoteBy(const Principal& by, std::string_view stage, Choice choice) const {
  CastVote vote;
  vote.actor = by;
  vote.stage = StageName{stage};
  vote.choice = choice;
  vote.facts.stage = vote.stage;
  vote.facts.rules = RulesFor(by.id, vote.stage);
  if (vote.facts.rules.empty()) vote.facts.why_not = by.id.value + " has none of the roles";
  return vote;
}

Decision Story::Approve(std::string_view by, std::string_view stage) {
  return Do(VoteBy(Person(std::string(by)), stage, Choice::kApprove));
}

Decision Story::Reject(std::string_view by, std::string_view stage) {
  return Do(VoteBy(Person(std::string(by)), stage, Choice::kReject));
}

Decision Story::Withdraw(std::string_view by, std::string_view stage) {
  return Do(VoteBy(Person(std::string(by)), stage, Choice::kWithdraw));
}

Decision Story::Say(std::string_view auto_voter, std::string_view stage, Choice choice) {
  return Do(RecordPolicyVote{std::string(auto_voter), StageName{stage}, Epoch{1}, choice,
                             "the policy's reason", R"({"seen":1})"});
}

Decision Story::Expire(std::string_view stage) {
  return Do(GateDue{StageName{stage}, Epoch{1}});
}

Decision Story::Cancel(std::string_view by) {
  return Do(CancelRun{Person(std::string(by)), "not needed any more", {}});
}

Decision Story::StartAttempt() {
  return Do(core::StartAttempt{AttemptNumber{static_cast<std::int64_t>(run_.attempts.size())}});
}

FinishAttempt Story::AnswerOf(AttemptNumber number, AttemptEnd end) const {
  FinishAttempt answer;
  answer.number = number;
  answer.end = end;
  answer.summary = "the executor's words";
  if (const Attempt* attempt = run_.FindAttempt(number)) {
    answer.fencing_token = attempt->fencing_token;
  }
  return answer;
}

Decision Story::Finish(AttemptEnd end, FailureClass failure) {
  FinishAttempt answer =
      AnswerOf(AttemptNumber{static_cast<std::int64_t>(run_.attempts.size())}, end);
  answer.failure = failure;
  return Do(answer);
}

Decision Story::Resolve(Resolution resolution) {
  return Do(ResolveIncident{Person("operator"), resolution, "looked at the servers", {}});
}

std::string_view NameOf(const Event& event) {
  struct EventNames {
    std::string_view operator()(const RunCreated&) const { return "RunCreated"; }
    std::string_view operator()(const StageSkipped&) const { return "StageSkipped"; }
    std::string_view operator()(const GateOpened&) const { return "GateOpened"; }
    std::string_view operator()(const VoteCast&) const { return "VoteCast"; }
    std::string_view operator()(const GateSatisfied&) const { return "GateSatisfied"; }
    std::string_view operator()(const GateRejected&) const { return "GateRejected"; }
    std::string_view operator()(const GateExpired&) const { return "GateExpired"; }
    std::string_view operator()(const AttemptPlanned&) const { return "AttemptPlanned"; }
    std::string_view operator()(const AttemptStarted&) const { return "AttemptStarted"; }
    std::string_view operator()(const AttemptEnded&) const { return "AttemptEnded"; }
    std::string_view operator()(const LateAnswerRecorded&) const { return "LateAnswerRecorded"; }
    std::string_view operator()(const StageDone&) const { return "StageDone"; }
    std::string_view operator()(const IncidentRaised&) const { return "IncidentRaised"; }
    std::string_view operator()(const IncidentResolved&) const { return "IncidentResolved"; }
    std::string_view operator()(const CancelRequested&) const { return "CancelRequested"; }
    std::string_view operator()(const RunFinished&) const { return "RunFinished"; }
  };
  return std::visit(EventNames{}, event);
}

std::vector<std::string> Names(const Decision& decision) {
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    return {"refused: " + std::string(ToString(refusal->code))};
  }
  std::vector<std::string> names;
  for (const Event& event : std::get<Accepted>(decision).events) names.emplace_back(NameOf(event));
  return names;
}

std::string CodeOf(const Decision& decision) {
  const auto* refusal = std::get_if<Refusal>(&decision);
  return refusal == nullptr ? "accepted" : std::string(ToString(refusal->code));
}

std::string DetailOf(const Decision& decision) {
  const auto* refusal = std::get_if<Refusal>(&decision);
  return refusal == nullptr ? "" : refusal->detail;
}

std::vector<Effect> EffectsOf(const Decision& decision) {
  const auto* accepted = std::get_if<Accepted>(&decision);
  return accepted == nullptr ? std::vector<Effect>{} : accepted->effects;
}

}  // namespace gatewright::core::test
