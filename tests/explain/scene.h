// tests/explain/scene.h: one run with everything around it that may keep it waiting: stops, locks,
// a calendar, delegations; on a clock that only the test moves.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/decide.h"
#include "engine/core/explain.h"

namespace gatewright::core::test {

// Open or closed until one moment, and the other way round after it.
class OneChange final : public Calendar {
 public:
  OneChange(bool is_open_now, Time changes_at)
      : is_open_now_(is_open_now), changes_at_(changes_at) {}

  Opening At(Time at) const override;
  std::optional<Time> NextOpen(Time from, Duration runway) const override;
  std::optional<Time> AfterOpenTime(Time from, Duration open_time) const override;

 private:
  bool IsOpen(Time at) const { return (at < changes_at_) == is_open_now_; }

  bool is_open_now_;
  Time changes_at_;
};

struct Scene {
  explicit Scene(Workflow of);

  World world() const;
  // Follows the lock table, too.
  Decision Do(const Command& command);
  void Create(std::string_view by = "requester");
  Decision Vote(std::string_view by, Choice choice, std::vector<std::string> rules);
  Decision List(std::vector<RulePeople> people);
  // Another run takes these locks, or stands in line for them.
  void Others(RunId other, const std::vector<std::string>& keys, bool is_held);

  // Somebody who may fill these rules of the current stage.
  Viewer By(std::string_view who, std::vector<std::string> rules) const;
  EligibilityFacts Facts(std::vector<std::string> rules) const;
  Explanation Why(const std::optional<Viewer>& viewer = std::nullopt) const;

  Workflow workflow;
  Run run;
  Time now;
  Site site;
  LockTable locks;
  Calendars calendars;
  bool has_directory = false;
  SubjectFacts subject;  // of the run to be created
};

// "self_approval", "not_in:qa" …
std::vector<std::string> Codes(const std::vector<Reason>& reasons);
std::vector<std::string> Kinds(const std::vector<Wait>& waits);
std::vector<std::string> Kinds(const std::vector<Step>& steps);
std::vector<PrincipalId> People(std::vector<std::string> names);

}  // namespace gatewright::core::test
