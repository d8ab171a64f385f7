#include "tests/core/property/world_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/codec/events.h"
#include "engine/core/apply.h"
#include "engine/core/rollback.h"
#include "tests/core/property/random_command.h"
#include "tests/core/property/random_workflow.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

std::optional<std::size_t> RowOf(std::optional<RunStatus> from, CommandKind command,
                                 std::optional<RunStatus> to) {
  for (std::size_t row = 0; row < kTransitions.size(); ++row) {
    const Transition& transition = kTransitions[row];
    if (transition.from == from && transition.command == command && transition.to == to) return row;
  }
  return std::nullopt;
}

}  // namespace

WorldWalk::WorldWalk(Random& random, Taken& taken, bool is_restarted)
    : random_(random), taken_(taken), is_restarted_(is_restarted) {
  installation_.has_directory = random.Chance(60);
  AddRandomCalendars(random, installation_);
  const std::uint32_t runs = random.Between(1, 3);
  for (std::int64_t id = 1; id <= runs; ++id) {
    Member member;
    const bool is_same = !members_.empty() && random.Chance(60);
    if (!is_same) versions_.push_back(RandomWorkflow(random));
    member.workflow = is_same ? members_.back().workflow : &versions_.back();
    member.run.id = RunId{id};
    member.replayed = member.run;
    members_.push_back(std::move(member));
  }
}

std::string WorldWalk::Go(std::uint64_t steps) {
  std::string broken;
  for (std::uint64_t step = 0; broken.empty() && step < steps; ++step) {
    Member& member = members_[random_.Below(members_.size())];
    if (random_.Chance(4)) {
      broken = DoSite();
    } else if (!to_supersede_.empty() && random_.Chance(50)) {
      const auto [run, winner] = to_supersede_.back();
      to_supersede_.pop_back();
      broken = Do(members_[static_cast<std::size_t>(run.value) - 1], SupersedeRun{winner});
    } else if (!to_wake_.empty() && random_.Chance(50)) {
      const std::int64_t id = *to_wake_.begin();
      to_wake_.erase(id);
      broken = Do(members_[static_cast<std::size_t>(id) - 1], TryStart{});
    } else if (!member.run.exists()) {
      broken = Do(member, RandomCreate(random_, *member.workflow, member.run.id.value - 1));
    } else {
      broken = Do(member,
                  RandomCommand(random_, {member.run, *member.workflow, installation_, versions_}));
    }
  }
  return broken;
}

std::string WorldWalk::DoSite() {
  const SiteDecision decision =
      DecideSite(installation_.site, RandomSiteCommand(random_, installation_), installation_.now);
  const auto* accepted = std::get_if<SiteAccepted>(&decision);
  if (accepted == nullptr) return "";
  if (!accepted->events.empty()) ApplySiteEntry(replayed_site_, accepted->events);
  installation_.site = accepted->site;
  if (!(replayed_site_ == installation_.site)) return "replay gives another site than was decided";
  // Whoever was stopped is looked at again, as the engine does.
  for (const Member& member : members_) {
    if (member.run.status == RunStatus::kBlocked) to_wake_.insert(member.run.id.value);
  }
  return "";
}

std::string WorldWalk::Do(Member& member, const Command& command) {
  const Decision decision =
      Decide(member.run, *member.workflow, command, installation_.now, installation_.world());
  const auto* accepted = std::get_if<Accepted>(&decision);
  if (accepted == nullptr) {
    return std::get<Refusal>(decision).detail.empty() ? "a refusal without a sentence" : "";
  }
  const auto* migration = std::get_if<MigrateRun>(&command);
  const bool is_moved = migration != nullptr && !accepted->events.empty();
  if (is_moved) member.workflow = migration->target;
  std::string broken =
      BrokenStep({member.run, command, *accepted, *member.workflow, installation_});
  if (broken.empty()) broken = BrokenRow(member, command, *accepted);
  if (broken.empty()) broken = BrokenReplay(member, command, *accepted);
  if (broken.empty()) broken = BrokenRun(accepted->run, *member.workflow);
  if (broken.empty()) broken = BrokenTokens(*accepted, ModeOf(member));
  if (!broken.empty()) return Say(member, command, *accepted, broken);
  const Run before = std::move(member.run);
  member.run = is_restarted_ ? member.replayed : accepted->run;
  for (const Event& event : accepted->events) {
    installation_.locks.Apply(member.run.id, event, installation_.now);
  }
  member.timers.Follow(accepted->effects);
  FollowUp(*accepted);
  broken = member.timers.Broken(member.run, *member.workflow);
  if (broken.empty() && random_.Chance(6)) broken = BrokenPatience(member.run, *member.workflow);
  if (broken.empty()) broken = BrokenTable();
  if (broken.empty()) broken = BrokenHolders();
  if (broken.empty()) broken = BrokenProgress();
  if (broken.empty()) return "";
  member.run = before;
  return Say(member, command, *accepted, broken);
}

std::string WorldWalk::BrokenRow(const Member& member, const Command& command,
                                 const Accepted& accepted) {
  if (accepted.events.empty()) return "";
  const Run& run = member.run;
  const auto from = run.exists() ? std::optional(run.status) : std::nullopt;
  const RunStatus to = accepted.run.status;
  // Given up before it began: as it was.
  const bool is_back = run.rollback && accepted.run.is_finished() && !HasBegunToUndo(run) &&
                       to == run.rollback->status && accepted.run.state == run.rollback->state;
  const auto row = RowOf(from, KindOf(command), is_back ? std::nullopt : std::optional(to));
  if (!row) return fmt::format("no row leads to '{}'", ToString(accepted.run.status));
  ++taken_[*row];
  return "";
}

std::string WorldWalk::BrokenReplay(Member& member, const Command& command,
                                    const Accepted& accepted) {
  if (accepted.events.empty()) return "";
  const Stamp stamp{installation_.now, ActorOf(command)};
  log_.push_back({accepted.run.id, stamp, accepted.events});
  if (is_restarted_) {
    std::vector<ports::Entry> entries;
    std::int64_t sequence = 0;
    for (const Entry& one : log_) {
      if (one.run != accepted.run.id) continue;
      ports::Entry entry;
      entry.run = one.run;
      entry.sequence = Sequence{++sequence};
      entry.at = one.stamp.at;
      entry.actor = one.stamp.actor.value;
      entry.events_json = codec::EventsToJson(one.events);
      entries.push_back(std::move(entry));
    }
    auto replayed = codec::Replay(accepted.run.id, entries);
    if (!replayed) return "the log cannot be read back: " + replayed.error().message;
    member.replayed = *std::move(replayed);
  } else {
    ApplyEntry(member.replayed, accepted.events, stamp);
  }
  return member.replayed == accepted.run ? "" : "replay gives another run than was decided";
}

// Whoever fences by the token refuses the older one: over all runs that have held the lock.
std::string WorldWalk::BrokenTokens(const Accepted& accepted, LockMode mode) {
  const Run& run = accepted.run;
  for (const Event& event : accepted.events) {
    const auto* started = std::get_if<AttemptStarted>(&event);
    if (started == nullptr || run.locks.state != LockState::kHeld) continue;
    for (const std::string& key : run.locks.keys) {
      auto& newest = newest_token_[key];
      // A family shares its locks, and a parallel one is no fence.
      const bool is_shared = mode == LockMode::kParallel || RootOf(newest.run) == RootOf(run.id);
      if (!is_shared && started->fencing_token <= newest.value) {
        return "a fencing token does not rise over all runs";
      }
      if (started->fencing_token > newest.value) newest = {run.id, started->fencing_token};
    }
  }
  return "";
}

void WorldWalk::FollowUp(const Accepted& accepted) {
  for (const Event& event : accepted.events) {
    if (std::holds_alternative<LocksTaken>(event)) {
      for (const Member& member : members_) {
        if (member.run.parent == accepted.run.id) to_wake_.insert(member.run.id.value);
      }
    }
    const auto* released = std::get_if<LocksReleased>(&event);
    if (released == nullptr) continue;
    for (const RunId run : installation_.locks.Waiting(released->keys)) to_wake_.insert(run.value);
  }
  for (const Effect& effect : accepted.effects) {
    const auto* supersede = std::get_if<SupersedeRuns>(&effect);
    if (supersede == nullptr) continue;
    for (const RunId run : supersede->runs) to_supersede_.emplace_back(run, accepted.run.id);
  }
}

// What the table says of each run is what the run says of itself; now and then it is built anew
// from the log.
std::string WorldWalk::BrokenTable() const {
  std::size_t claims = 0;
  for (const std::string& key : installation_.locks.Keys()) {
    for (const LockClaim& claim : installation_.locks.Claims(key)) {
      ++claims;
      const RunLocks& locks = RunOf(claim.run).locks;
      const auto state = claim.is_held ? LockState::kHeld : LockState::kQueued;
      if (locks.state != state || locks.ticket != claim.ticket) return "a claim the run denies";
      if (std::ranges::count(locks.keys, key) != 1) return "a claim on a key the run denies";
    }
  }
  for (const Member& member : members_) claims -= member.run.locks.keys.size();
  if (claims != 0) return "a run has locks that the table does not know";
  if (!random_.Chance(3)) return "";
  LockTable rebuilt;
  for (const Entry& entry : log_) {
    for (const Event& event : entry.events) rebuilt.Apply(entry.run, event, entry.stamp.at);
  }
  if (rebuilt.newest_ticket() != installation_.locks.newest_ticket()) return "tickets are lost";
  if (rebuilt.Keys() != installation_.locks.Keys()) return "the lock table cannot be rebuilt";
  for (const std::string& key : rebuilt.Keys()) {
    if (rebuilt.Claims(key) != installation_.locks.Claims(key)) {
      return "the lock table cannot be rebuilt";
    }
  }
  return "";
}

RunId WorldWalk::RootOf(RunId id) const {
  while (RunOf(id).parent) id = *RunOf(id).parent;
  return id;
}

// Two strangers hold one key only where both share it, and no more than either allows.
std::string WorldWalk::BrokenHolders() const {
  for (const std::string& key : installation_.locks.Keys()) {
    std::vector<LockClaim> held;
    for (const LockClaim& claim : installation_.locks.Claims(key)) {
      if (claim.is_held) held.push_back(claim);
    }
    // A child has a part in what its parent holds: families are counted.
    std::set<RunId> families;
    for (const LockClaim& one : held) families.insert(RootOf(one.run));
    for (const LockClaim& one : held) {
      if (families.size() < 2 || RunOf(one.run).parent) continue;
      if (one.mode != LockMode::kParallel) return "strangers hold an exclusive lock at once";
      if (families.size() > one.limit) return "too many hold a lock";
    }
  }
  return "";
}

// A run that only locks keep back, and that could have them, is about to be woken.
std::string WorldWalk::BrokenProgress() const {
  for (const Member& member : members_) {
    const Run& run = member.run;
    const bool is_in_line = run.locks.state == LockState::kQueued;
    if (!is_in_line || to_wake_.contains(run.id.value)) continue;
    const LockSpec& lock = *member.workflow->lock;
    const bool is_free =
        installation_.locks
            .Obstacle(run.id, run.parent, run.locks.keys, run.locks.ticket, lock.mode, lock.limit)
            .is_none();
    if (is_free)
      return fmt::format("run {} could have its locks, and nobody wakes it", run.id.value);
  }
  return "";
}

std::string WorldWalk::Say(const Member& member, const Command& command, const Accepted& accepted,
                           const std::string& broken) const {
  std::string text = fmt::format(
      "{} (command '{}' on run {}, which was {} at stage '{}' in state '{}', version {}, and is "
      "{} now; events:",
      broken, ToString(KindOf(command)), member.run.id.value, ToString(member.run.status),
      member.run.current_stage.value, member.run.state, member.run.version.value,
      ToString(accepted.run.status));
  for (const Event& event : accepted.events) text += fmt::format(" {}", NameOf(event));
  text += "; stages:";
  for (const Stage& stage : accepted.run.stages) {
    text += fmt::format(" {} {}", stage.name.value, ToString(stage.state));
  }
  text += "; attempts:";
  for (const Attempt& one : accepted.run.attempts) text += " " + one.stage.value;
  text += "; workflow:";
  for (const StageSpec& stage : member.workflow->stages) text += " " + stage.name.value;
  return text + ")";
}

}  // namespace gatewright::core::test
