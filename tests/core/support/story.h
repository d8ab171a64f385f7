// tests/core/support/story.h: one run told command by command, on a clock that only the test
// moves. After every step the events alone are replayed and must give exactly the decided run.
#pragma once

#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/apply.h"
#include "engine/core/decide.h"

namespace gatewright::core::test {

// One accepted command that changed something.
struct LogEntry {
  Stamp stamp;
  std::vector<Event> events;
};

class Story {
 public:
  explicit Story(Workflow workflow);

  const Workflow& workflow() const { return workflow_; }
  const Run& run() const { return run_; }
  Time now() const { return now_; }
  const std::vector<LogEntry>& log() const { return log_; }
  std::string status() const { return std::string(ToString(run_.status)); }
  const std::vector<Vote>& votes(std::string_view stage) const;

  void Advance(Duration duration) { now_ += duration; }
  // Everybody may fill every rule, until this names who may fill this one.
  void Only(std::string_view rule, std::initializer_list<std::string_view> people);

  Decision Create(const Principal& by, std::vector<SkippedStage> skips = {});
  Decision Create(std::string_view by = "requester");
  Decision Approve(std::string_view by, std::string_view stage);
  Decision Reject(std::string_view by, std::string_view stage);
  Decision Withdraw(std::string_view by, std::string_view stage);
  Decision Say(std::string_view auto_voter, std::string_view stage, Choice choice);
  Decision Expire(std::string_view stage);
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
  std::vector<RuleId> RulesFor(const PrincipalId& person, const StageName& stage) const;

  Workflow workflow_;
  Run run_;
  Run replayed_;
  Time now_;
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
