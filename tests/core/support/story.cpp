#include "tests/core/support/story.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tests/core/support/build.h"

namespace gatewright::core::test {

Story::Story(Workflow workflow)
    : workflow_(std::move(workflow)),
      own_(std::make_unique<Installation>()),
      installation_(own_.get()) {
  run_.id = RunId{1};
  replayed_ = run_;
}

Story::Story(Workflow workflow, Installation& shared, RunId id)
    : workflow_(std::move(workflow)), installation_(&shared) {
  run_.id = id;
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
  Decision decision = Decide(run_, workflow_, command, now(), installation_->world());
  if (const auto* accepted = std::get_if<Accepted>(&decision)) {
    if (!accepted->events.empty()) {
      log_.push_back({Stamp{now(), ActorOf(command)}, accepted->events});
      ApplyEntry(replayed_, accepted->events, log_.back().stamp);
      for (const Event& event : accepted->events) installation_->locks.Apply(run_.id, event, now());
    }
    EXPECT_TRUE(replayed_ == accepted->run)
        << "replaying the events does not give the run that was decided";
    run_ = accepted->run;
    const auto* migration = std::get_if<MigrateRun>(&command);
    if (migration != nullptr && !accepted->events.empty()) workflow_ = Workflow(*migration->target);
  }
  return decision;
}

Decision Story::Create(const Principal& by, std::vector<SkippedStage> skips) {
  CreateRun create;
  create.actor = by;
  create.name = "release 1.2";
  create.subject_json = R"({"version":"1.2"})";
  create.subject_digest = "d1";
  create.skips = std::move(skips);
  return Do(create);
}

Decision Story::CreateWith(SubjectFacts facts, std::optional<RunId> parent) {
  CreateRun create;
  create.actor = Person("requester");
  create.subject_json = "{}";
  create.subject_digest = "d1";
  create.facts = std::move(facts);
  create.parent = parent;
  return Do(create);
}

Decision Story::Create(std::string_view by) { return Create(Person(std::string(by))); }

CastVote Story::VoteBy(const Principal& by, std::string_view stage, Choice choice) const {
  CastVote vote;
  vote.actor = by;
  vote.stage = StageName{stage};
  vote.choice = choice;
  vote.facts.stage = vote.stage;
  const Stage* reached = run_.FindStage(vote.stage);
  if (reached != nullptr && reached->gate) vote.facts.escalated = reached->gate->escalated;
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
  return Do(RecordPolicyVote{std::string(auto_voter), StageName{stage}, EpochOf(stage), choice,
                             "the policy's reason", R"({"seen":1})"});
}

Decision Story::Expire(std::string_view stage) {
  return Do(GateDue{StageName{stage}, EpochOf(stage)});
}

Decision Story::ChangeSubject(std::string_view digest, std::vector<StageName> kept) {
  core::ChangeSubject change;
  change.actor = Person("requester");
  change.subject_json = "{}";
  change.subject_digest = digest;
  change.skips = run_.skips;
  change.facts = run_.facts;
  change.kept = std::move(kept);
  change.reason = "a typo";
  return Do(change);
}

Decision Story::Override(OverrideKind kind, std::string_view by) {
  return Do(OverrideRule{Person(std::string(by)), kind, "the site is down", true, "", {}});
}

Epoch Story::EpochOf(std::string_view stage) const {
  const Stage* reached = run_.FindStage(StageName{stage});
  return reached != nullptr && reached->gate ? reached->gate->epoch : Epoch{1};
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
  static constexpr std::array kNames = std::to_array<std::string_view>({
      "RunCreated",        "StageSkipped",     "GateOpened",         "VoteCast",
      "GateSatisfied",     "GateRejected",     "GateExpired",        "AttemptPlanned",
      "AttemptStarted",    "AttemptEnded",     "LateAnswerRecorded", "StageDone",
      "IncidentRaised",    "IncidentResolved", "CancelRequested",    "RunFinished",
      "SubjectChanged",    "VotesCarried",     "VotesOutdated",      "VoteHeld",
      "HeldVoteDropped",   "EligibleListed",   "GateClaimed",        "GateReleased",
      "ReminderDue",       "GateEscalated",    "DeadlineExtended",   "OverrideAsked",
      "OverrideGranted",   "ActionBlocked",    "LocksQueued",        "LocksTaken",
      "LocksReleased",     "RunRetried",       "RunMigrated",        "ReviewOpened",
      "AttemptHandedOver", "RollbackStarted",
  });
  static_assert(kNames.size() == std::variant_size_v<Event>);
  return kNames[event.index()];
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
