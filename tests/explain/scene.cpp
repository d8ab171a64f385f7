#include "tests/explain/scene.h"

#include <gtest/gtest.h>

#include "tests/core/support/build.h"

namespace gatewright::core::test {

Opening OneChange::At(Time at) const {
  Opening opening;
  opening.is_open = IsOpen(at);
  if (at < changes_at_) opening.changes_at = changes_at_;
  if (!opening.is_open) opening.reason = "closed by 'freeze'";
  return opening;
}

std::optional<Time> OneChange::NextOpen(Time from, Duration runway) const {
  if (!is_open_now_) return std::max(from, changes_at_);
  if (from + runway <= changes_at_) return from;
  return std::nullopt;
}

std::optional<Time> OneChange::AfterOpenTime(Time from, Duration open_time) const {
  return from + open_time;
}

Scene::Scene(Workflow of) : workflow(std::move(of)), now(*ParseTime("2026-03-02T09:00:00Z")) {
  run.id = RunId{1};
}

World Scene::world() const { return {&site, &locks, &calendars, has_directory}; }

Decision Scene::Do(const Command& command) {
  const World around = world();
  Decision decision = Decide(run, workflow, command, now, around);
  if (const auto* accepted = std::get_if<Accepted>(&decision)) {
    for (const Event& event : accepted->events) locks.Apply(run.id, event, now);
    run = accepted->run;
  }
  return decision;
}

void Scene::Create(std::string_view by) {
  CreateRun create;
  create.actor = Person(std::string(by));
  create.name = "release 1.2";
  create.subject_json = R"({"version":"1.2"})";
  create.subject_digest = "d1";
  create.facts = subject;
  ASSERT_TRUE(std::holds_alternative<Accepted>(Do(create)));
}

EligibilityFacts Scene::Facts(std::vector<std::string> rules) const {
  EligibilityFacts facts;
  facts.stage = run.current_stage;
  for (std::string& rule : rules) facts.rules.emplace_back(std::move(rule));
  facts.why_not = "none of the roles";
  const Stage* stage = run.FindStage(run.current_stage);
  if (stage != nullptr && stage->gate) facts.escalated = stage->gate->escalated;
  return facts;
}

Decision Scene::Vote(std::string_view by, Choice choice, std::vector<std::string> rules) {
  CastVote vote;
  vote.actor = Person(std::string(by));
  vote.stage = run.current_stage;
  vote.choice = choice;
  vote.facts = Facts(std::move(rules));
  return Do(vote);
}

Decision Scene::List(std::vector<RulePeople> people) {
  const Epoch epoch = run.FindStage(run.current_stage)->gate->epoch;
  return Do(RecordEligible{run.current_stage, epoch, std::move(people)});
}

void Scene::Others(RunId other, const std::vector<std::string>& keys, bool is_held) {
  const std::int64_t ticket = locks.newest_ticket() + 1;
  if (is_held) {
    locks.Apply(other, LocksTaken{keys, LockMode::kFifo, 1, ticket, std::nullopt}, now);
  } else {
    locks.Apply(other, LocksQueued{keys, LockMode::kFifo, 1, ticket}, now);
  }
}

Viewer Scene::By(std::string_view who, std::vector<std::string> rules) const {
  Viewer viewer;
  viewer.principal = Person(std::string(who));
  viewer.facts = Facts(std::move(rules));
  return viewer;
}

Explanation Scene::Why(const std::optional<Viewer>& viewer) const {
  return Explain(run, workflow, now, world(), viewer);
}

std::vector<std::string> Codes(const std::vector<Reason>& reasons) {
  std::vector<std::string> codes;
  for (const Reason& reason : reasons) codes.push_back(reason.text());
  return codes;
}

std::vector<std::string> Kinds(const std::vector<Wait>& waits) {
  std::vector<std::string> kinds;
  for (const Wait& wait : waits) kinds.emplace_back(ToString(wait.kind));
  return kinds;
}

std::vector<std::string> Kinds(const std::vector<Step>& steps) {
  std::vector<std::string> kinds;
  for (const Step& step : steps) kinds.emplace_back(ToString(step.kind));
  return kinds;
}

std::vector<PrincipalId> People(std::vector<std::string> names) {
  std::vector<PrincipalId> people;
  for (std::string& name : names) people.emplace_back(std::move(name));
  return people;
}

}  // namespace gatewright::core::test
