// tests/core/support/story.h: one run told command by command, on a clock that only the test
// moves. After every step the events alone are replayed and must give exactly the decided run.
// Several stories may be told of one installation: then they share its clock, locks and stops.
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/apply.h"
#include "engine/core/decide.h"
#include "tests/core/support/build.h"
#include "tests/core/support/installation.h"

namespace gatewright::core::test {

// One accepted command that changed something.
struct LogEntry {
  Stamp stamp;
  std::vector<Event> events;
};

class Story {
 public:
  explicit Story(Workflow workflow);
  // `shared` outlives the story.
  Story(Workflow workflow, Installation& shared, RunId id);

  const Workflow& workflow() const { return workflow_; }
  const Run& run() const { return run_; }
  Time now() const { return installation_->now; }
  Installation& installation() { return *installation_; }
  const std::vector<LogEntry>& log() const { return log_; }
  std::string status() const { return std::string(ToString(run_.status)); }
  const std::vector<Vote>& votes(std::string_view stage) const;

  void Advance(Duration duration) { installation_->now += duration; }
  // Everybody may fill every rule, until this names who may fill this one.
  void Only(std::string_view rule, std::initializer_list<std::string_view> people);

  Decision Create(const Principal& by, std::vector<SkippedStage> skips = {});
  Decision Create(std::string_view by = "requester");
  // For subjects that name locks or authors.
  Decision CreateWith(SubjectFacts facts, std::optional<RunId> parent = std::nullopt);
  Decision Approve(std::string_view by, std::string_view stage);
  Decision Reject(std::string_view by, std::string_view stage);
  Decision Withdraw(std::string_view by, std::string_view stage);
  Decision Say(std::string_view auto_voter, std::string_view stage, Choice choice);
  // The gate's next moment has come: its newest epoch's.
  Decision Expire(std::string_view stage);
  // `digest` names the new subject.
  Decision ChangeSubject(std::string_view digest, std::vector<StageName> kept = {});
  Decision TryStart() { return Do(core::TryStart{}); }
  Decision Override(OverrideKind kind, std::string_view by = "boss");
  Decision RollBack() { return Do(RollBackRun{Person("operator"), "it is broken", {}}); }
  Decision Retry() { return Do(RetryRun{Person("operator"), "once more", {}}); }
  Decision Cancel(std::string_view by = "operator");
  Decision StartAttempt();  // the newest one
  // The newest attempt's executor answers; a late answer when it has already ended.
  Decision Finish(AttemptEnd end, FailureClass failure = FailureClass::kPermanent);
  Decision Resolve(Resolution resolution);

  // Commands ready to be sent, or to be changed first.
  CastVote VoteBy(const Principal& by, std::string_view stage, Choice choice) const;
  FinishAttempt AnswerOf(AttemptNumber number, AttemptEnd end) const;
  Decision Do(const Command& command);

 private:
  Epoch EpochOf(std::string_view stage) const;
  std::vector<RuleId> RulesFor(const PrincipalId& person, const StageName& stage) const;

  Workflow workflow_;
  std::unique_ptr<Installation> own_;  // where nothing is shared
  Installation* installation_;
  Run run_;
  Run replayed_;
  std::vector<LogEntry> log_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> people_of_rule_;
};

// "VoteCast", "GateSatisfied" …; for a refusal its code, as in "refused: self_approval".
std::vector<std::string> Names(const Decision& decision);
std::string_view NameOf(const Event& event);
// "accepted" or the refusal's code.
std::string CodeOf(const Decision& decision);
// The sentence of a refusal; empty when accepted.
std::string DetailOf(const Decision& decision);
std::vector<Effect> EffectsOf(const Decision& decision);

}  // namespace gatewright::core::test
