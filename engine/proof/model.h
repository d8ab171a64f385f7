// engine/proof/model.h: a workflow and the people of a proof, with what the exploration asks of
// them again and again. Immutable; thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/decide.h"
#include "engine/proof/people.h"
#include "engine/proof/step.h"

namespace gatewright::proof {

// The function a proof is about: core::Decide, or a broken one in a test of the proof itself.
using Decider = std::function<core::Decision(const core::Run&, const core::Workflow&,
                                             const core::Command&, Time, const core::World&)>;

class Model {
 public:
  Model(core::Workflow workflow, Cast cast, const TraitsOf& traits_of, Decider decider);

  const core::Workflow& workflow() const { return workflow_; }
  const Cast& cast() const { return cast_; }
  const Decider& decider() const { return decider_; }

  std::size_t stage_count() const { return workflow_.stages.size(); }
  // The stage at `index`; one past the last is the review of an override.
  const core::StageSpec& SpecAt(std::size_t index) const;
  std::size_t IndexOf(const StageName& stage) const { return workflow_.IndexOf(stage); }

  // The rules that this person may fill on the gate, at this level of escalation.
  std::vector<RuleId> RulesFor(std::size_t person, std::size_t stage, std::int64_t level) const;
  bool MayOverride(std::size_t person) const { return may_override_[person]; }
  // How many approves of people like this one can make a difference on the gate.
  std::uint32_t UsefulVotes(std::size_t person, std::size_t stage) const;
  // Does it matter at a stage from `from` on whether this person has approved before?
  bool IsRemembered(std::size_t person, std::size_t from) const;

  core::Principal PrincipalOf(std::size_t person, bool is_requester) const;
  // The number of people when it is nobody of the cast.
  std::size_t FindPerson(const PrincipalId& id) const;
  // People of one kind can stand for each other.
  std::size_t KindOf(std::size_t person) const { return kinds_[person]; }

  // Stages that a subject may skip, and sets of them; `is_every_skip`: all sets there are.
  const std::vector<std::uint64_t>& skip_sets() const { return skip_sets_; }
  bool is_every_skip() const { return is_every_skip_; }
  // Every set of gates whose votes a changed subject keeps is tried; else none, each, and all.
  bool is_every_kept_set() const { return kept_gates_ <= kMaxKeptGates; }
  std::vector<core::SkippedStage> SkipsOf(std::uint64_t set) const;

  bool has_age() const { return has_age_; }          // votes grow too old somewhere
  bool has_kept_votes() const { return has_kept_; }  // a changed subject does not void every vote
  bool has_directory() const { return has_directory_; }  // `need: all` somewhere
  bool has_lock() const { return workflow_.lock.has_value(); }
  const core::SubjectFacts& facts() const { return facts_; }

  const core::World& WorldWith(Obstacle obstacle) const;

 private:
  struct Worlds;
  static constexpr std::size_t kMaxKeptGates = 4;

  void FindSkips();
  void FindKinds();
  void FindRules(const TraitsOf& traits_of);

  core::Workflow workflow_;
  Cast cast_;
  Decider decider_;
  std::map<PrincipalId, std::size_t> person_of_;
  std::vector<std::size_t> kinds_;
  // By stage, level of escalation, person.
  std::vector<std::vector<std::vector<std::vector<RuleId>>>> rules_;
  std::vector<bool> may_override_;
  std::vector<std::uint64_t> skip_sets_;
  bool is_every_skip_ = true;
  std::size_t kept_gates_ = 0;
  bool has_age_ = false;
  bool has_kept_ = false;
  bool has_directory_ = false;
  core::SubjectFacts facts_;
  std::shared_ptr<const Worlds> worlds_;
};

}  // namespace gatewright::proof
