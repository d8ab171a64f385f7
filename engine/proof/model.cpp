#include "engine/proof/model.h"

#include <algorithm>

#include "engine/base/assert.h"

namespace gatewright::proof {
namespace {

// Every set of skipped stages is tried up to so many stages that may be skipped.
constexpr std::size_t kMaxSkippable = 6;

// Always open, or always closed: when it changes is a step of its own.
class FixedCalendar final : public core::Calendar {
 public:
  explicit FixedCalendar(bool is_open) : is_open_(is_open) {}

  core::Opening At(Time) const override { return {is_open_, std::nullopt, "closed now"}; }
  std::optional<Time> NextOpen(Time from, Duration) const override {
    return is_open_ ? from : from + std::chrono::hours{1};
  }
  std::optional<Time> AfterOpenTime(Time from, Duration open_time) const override {
    return from + open_time;
  }

 private:
  bool is_open_;
};

core::Calendars CalendarsOf(const core::Workflow& workflow, bool is_open) {
  core::Calendars calendars;
  for (const core::StageSpec& stage : workflow.stages) {
    if (!stage.gate || !stage.gate->deadline || stage.gate->deadline->clock.empty()) continue;
    calendars[stage.gate->deadline->clock] = std::make_shared<FixedCalendar>(true);
  }
  if (workflow.calendar) {
    calendars[workflow.calendar->name] = std::make_shared<FixedCalendar>(is_open);
  }
  return calendars;
}

// Somebody else holds the lock and shares it with nobody.
core::LockTable TakenLocks(const core::SubjectFacts& facts, Time at) {
  core::LockTable table;
  for (const std::string& key : facts.lock_keys) {
    table.Restore(key, {RunId{2}, 1, true, core::LockMode::kFifo, 1, at});
  }
  return table;
}

bool NeedsAll(const core::Rule& rule) {
  return rule.needs_all || std::ranges::any_of(rule.children, NeedsAll);
}

bool IsEligible(const Person& person, const std::vector<std::string>& wanted) {
  return std::ranges::any_of(wanted, [&](const std::string& trait) {
    return std::ranges::find(person.traits, trait) != person.traits.end();
  });
}

}  // namespace

struct Model::Worlds {
  core::Calendars open;
  core::Calendars closed;
  core::LockTable taken;
  core::Site stopped;
  core::World free_world;
  core::World stop_world;
  core::World calendar_world;
  core::World lock_world;
};

Model::Model(core::Workflow workflow, Cast cast, const TraitsOf& traits_of, Decider decider)
    : workflow_(std::move(workflow)), cast_(std::move(cast)), decider_(std::move(decider)) {
  GW_ASSERT(workflow_.stages.size() < kNoStage);
  for (core::StageSpec& stage : workflow_.stages) {
    if (!stage.gate) continue;
    // A reminder reminds, and nothing else.
    if (stage.gate->deadline) stage.gate->deadline->reminders.clear();
    has_age_ = has_age_ || stage.gate->votes.ttl.has_value();
    has_kept_ = has_kept_ || stage.gate->votes.on_subject_change != core::OnSubjectChange::kReset;
    if (stage.gate->votes.on_subject_change == core::OnSubjectChange::kKeepIf) ++kept_gates_;
    has_directory_ = has_directory_ || NeedsAll(stage.gate->rules);
  }
  for (std::size_t i = 0; i < cast_.people.size(); ++i) {
    person_of_[PrincipalId{cast_.people[i].name}] = i;
    if (cast_.people[i].is_committer) facts_.committers.emplace_back(cast_.people[i].name);
  }
  if (has_lock()) facts_.lock_keys = {"lock"};
  FindSkips();
  FindKinds();
  FindRules(traits_of);

  auto worlds = std::make_shared<Worlds>();
  worlds->open = CalendarsOf(workflow_, true);
  worlds->closed = CalendarsOf(workflow_, false);
  worlds->taken = TakenLocks(facts_, Time{});
  worlds->stopped.stops.push_back({1, {}, "to see what it holds", PrincipalId{"operator"}, {}, {}});
  worlds->free_world = {nullptr, nullptr, &worlds->open, has_directory_};
  worlds->stop_world = {&worlds->stopped, nullptr, &worlds->open, has_directory_};
  worlds->calendar_world = {nullptr, nullptr, &worlds->closed, has_directory_};
  worlds->lock_world = {nullptr, &worlds->taken, &worlds->open, has_directory_};
  worlds_ = std::move(worlds);
}

const core::StageSpec& Model::SpecAt(std::size_t index) const {
  if (index < workflow_.stages.size()) return workflow_.stages[index];
  GW_ASSERT(workflow_.review.has_value());
  return *workflow_.review;
}

std::vector<RuleId> Model::RulesFor(std::size_t person, std::size_t stage,
                                    std::int64_t level) const {
  const auto& levels = rules_[stage];
  if (levels.empty()) return {};
  return levels[std::min<std::size_t>(static_cast<std::size_t>(level), levels.size() - 1)][person];
}

std::uint32_t Model::UsefulVotes(std::size_t person, std::size_t stage) const {
  const auto rules = RulesFor(person, stage, 1'000);
  std::uint32_t useful = 0;
  for (const core::Rule* leaf : Leaves(SpecAt(stage).gate->rules)) {
    if (std::ranges::find(rules, leaf->id) == rules.end()) continue;
    if (leaf->needs_all) return 1'000;
    useful += leaf->need;
  }
  return useful;
}

bool Model::IsRemembered(std::size_t person, std::size_t from) const {
  const std::size_t count = workflow_.stages.size() + (workflow_.review ? 1 : 0);
  for (std::size_t i = from; i < count; ++i) {
    const core::StageSpec& stage = SpecAt(i);
    if (!stage.gate) continue;
    const auto rules = RulesFor(person, i, 1'000);
    for (const core::Rule* leaf : Leaves(stage.gate->rules)) {
      const auto& separation = leaf->separation ? *leaf->separation : stage.gate->separation;
      if (!separation.excludes_previous_voters) continue;
      if (std::ranges::find(rules, leaf->id) != rules.end()) return true;
    }
  }
  return false;
}

core::Principal Model::PrincipalOf(std::size_t person, bool is_requester) const {
  core::Principal principal;
  principal.id = PrincipalId{cast_.people[person].name};
  if (is_requester || cast_.people[person].is_teammate) principal.groups = {"team"};
  return principal;
}

std::size_t Model::FindPerson(const PrincipalId& id) const {
  const auto found = person_of_.find(id);
  return found == person_of_.end() ? cast_.people.size() : found->second;
}

std::vector<core::SkippedStage> Model::SkipsOf(std::uint64_t set) const {
  std::vector<core::SkippedStage> skips;
  for (std::size_t i = 0; i < workflow_.stages.size(); ++i) {
    if ((set >> i & 1) != 0)
      skips.push_back({workflow_.stages[i].name, "its `when` does not match"});
  }
  return skips;
}

const core::World& Model::WorldWith(Obstacle obstacle) const {
  switch (obstacle) {
    case Obstacle::kNone:
      return worlds_->free_world;
    case Obstacle::kStop:
      return worlds_->stop_world;
    case Obstacle::kCalendar:
      return worlds_->calendar_world;
    case Obstacle::kLock:
      return worlds_->lock_world;
  }
  GW_ASSERT(false);
}

void Model::FindSkips() {
  std::vector<std::uint64_t> bits;
  for (std::size_t i = 0; i < workflow_.stages.size() && i < 64; ++i) {
    if (!workflow_.stages[i].when_schema_json.empty()) bits.push_back(std::uint64_t{1} << i);
  }
  skip_sets_ = {0};
  is_every_skip_ = bits.size() <= kMaxSkippable;
  if (is_every_skip_) {
    for (const std::uint64_t bit : bits) {
      const auto before = skip_sets_;
      for (const std::uint64_t set : before) skip_sets_.push_back(set | bit);
    }
    return;
  }
  std::uint64_t all = 0;
  for (const std::uint64_t bit : bits) {
    skip_sets_.push_back(bit);
    all |= bit;
  }
  skip_sets_.push_back(all);
}

// Requesters and whom the file names are somebody of their own; the others are alike where all that
// is known of them is.
void Model::FindKinds() {
  const auto& people = cast_.people;
  kinds_.resize(people.size());
  for (std::size_t i = 0; i < people.size(); ++i) {
    kinds_[i] = i;
    if (std::ranges::find(cast_.requesters, i) != cast_.requesters.end()) continue;
    for (std::size_t j = 0; j < i; ++j) {
      const bool is_alike = people[i].traits == people[j].traits &&
                            people[i].is_teammate == people[j].is_teammate &&
                            people[i].is_committer == people[j].is_committer;
      const bool is_special = std::ranges::find(cast_.requesters, j) != cast_.requesters.end();
      if (is_alike && !is_special) {
        kinds_[i] = j;
        break;
      }
    }
  }
}

void Model::FindRules(const TraitsOf& traits_of) {
  const std::size_t people = cast_.people.size();
  const std::size_t stages = workflow_.stages.size() + (workflow_.review ? 1 : 0);
  for (std::size_t s = 0; s < stages; ++s) {
    auto& levels = rules_.emplace_back();
    if (!SpecAt(s).gate) continue;
    const core::GateSpec& gate = *SpecAt(s).gate;
    const auto leaves = Leaves(gate.rules);
    auto& base = levels.emplace_back(people);
    for (const core::Rule* leaf : leaves) {
      const auto wanted = traits_of(leaf->from);
      for (std::size_t p = 0; p < people; ++p) {
        if (IsEligible(cast_.people[p], wanted)) base[p].push_back(leaf->id);
      }
    }
    if (!gate.deadline) continue;
    for (const core::Escalation& level : gate.deadline->levels) {
      auto next = levels.back();
      const auto wanted = traits_of(level.add);
      for (const core::Rule* leaf : leaves) {
        const bool is_named =
            level.rules.empty() || std::ranges::find(level.rules, leaf->id) != level.rules.end();
        for (std::size_t p = 0; p < people && is_named; ++p) {
          if (!IsEligible(cast_.people[p], wanted)) continue;
          if (std::ranges::find(next[p], leaf->id) == next[p].end()) next[p].push_back(leaf->id);
        }
      }
      levels.push_back(std::move(next));
    }
  }
  may_override_.resize(people, false);
  if (!workflow_.overriding) return;
  const auto wanted = traits_of(workflow_.overriding->from);
  for (std::size_t p = 0; p < people; ++p) may_override_[p] = IsEligible(cast_.people[p], wanted);
}

}  // namespace gatewright::proof
