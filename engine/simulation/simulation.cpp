#include "engine/simulation/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/assert.h"
#include "engine/codec/json.h"
#include "engine/core/explain.h"
#include "engine/core/timer_command.h"

namespace gatewright::simulation {
namespace {

constexpr Duration kPluginLimit = std::chrono::seconds{5};
constexpr Duration kShortestWait = std::chrono::milliseconds{100};
// More than that at once is a circle.
constexpr std::size_t kMaxFollowups = 10'000;
// No run of the simulation has this number.
constexpr RunId kElsewhere{1'000'000};
// Policies that look at nothing outside: the only ones that a simulation asks.
constexpr std::array<std::string_view, 3> kAskable = {"match", "expr", "window"};

class Constant final : public core::Calendar {
 public:
  explicit Constant(bool is_open) : is_open_(is_open) {}

  core::Opening At(Time) const override {
    return {is_open_, std::nullopt, is_open_ ? "" : "closed by the script"};
  }
  std::optional<Time> NextOpen(Time from, Duration) const override {
    return is_open_ ? std::optional(from) : std::nullopt;
  }
  std::optional<Time> AfterOpenTime(Time from, Duration open_time) const override {
    return is_open_ ? std::optional(from + open_time) : std::nullopt;
  }

 private:
  bool is_open_;
};

core::Choice ChoiceOf(ports::PolicyChoice choice) {
  if (choice == ports::PolicyChoice::kApprove) return core::Choice::kApprove;
  if (choice == ports::PolicyChoice::kReject) return core::Choice::kReject;
  return core::Choice::kAbstain;
}

std::string_view TitleOf(core::TimerKind kind) {
  switch (kind) {
    case core::TimerKind::kGateDeadline:
      return "a moment of the gate";
    case core::TimerKind::kStartAttempt:
      return "the attempt's time has come";
    case core::TimerKind::kLookAgain:
      return "look again";
    case core::TimerKind::kLocks:
      return "the locks' time is over";
    case core::TimerKind::kDraft:
      return "the draft's time is over";
  }
  return "";
}

}  // namespace

Simulation::Simulation(Options options, Listener listener)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      now_(options_.start),
      calendars_(options_.calendars) {}

core::World Simulation::world() const {
  return {&site_, &locks_, &calendars_, options_.directory != nullptr};
}

RunId Simulation::Add(const std::string& name, runtime::RevisionPtr revision) {
  const RunId id{static_cast<std::int64_t>(runs_.size()) + 1};
  SimulatedRun& added = runs_[id];
  added.name = name;
  added.revision = std::move(revision);
  added.run.id = id;
  added.replayed.id = id;
  return id;
}

std::vector<RunId> Simulation::Runs() const {
  std::vector<RunId> ids;
  for (const auto& [id, run] : runs_) ids.push_back(id);
  return ids;
}

runtime::LoadedRun Simulation::Loaded(RunId id) const {
  const SimulatedRun& one = runs_.at(id);
  return {one.run, "", one.revision};
}

runtime::Asking Simulation::Asking() const {
  auto site = std::make_shared<runtime::LoadedSite>();
  site->site = site_;
  return {now_, kPluginLimit, std::move(site), options_.directory};
}

Outcome Simulation::Do(RunId id, const core::Command& command, const std::string& title) {
  followed_.clear();
  Outcome outcome = DoOne(id, command, title, false);
  Settle();
  return outcome;
}

Outcome Simulation::Do(const core::SiteCommand& command, const std::string& title) {
  followed_.clear();
  Outcome outcome;
  const auto decision = core::DecideSite(site_, command, now_);
  if (const auto* refusal = std::get_if<core::Refusal>(&decision)) {
    outcome.code = ToString(refusal->code);
    outcome.detail = refusal->detail;
  } else {
    const auto& accepted = std::get<core::SiteAccepted>(decision);
    core::Site replayed = site_;
    if (!accepted.events.empty()) core::ApplySiteEntry(replayed, accepted.events);
    GW_ASSERT(replayed == accepted.site);
    site_ = accepted.site;
    outcome.site_events = accepted.events;
  }
  Report(core::kSite, title, false, outcome);
  if (options_.is_automatic && outcome.is_accepted()) TryBlocked();
  Settle();
  return outcome;
}

Outcome Simulation::Tell(RunId id, Outcome outcome, const std::string& title) {
  followed_.clear();
  Report(id, title, false, outcome);
  return outcome;
}

Outcome Simulation::DoOne(RunId id, const core::Command& command, const std::string& title,
                          bool is_followup) {
  SimulatedRun& one = runs_.at(id);
  const auto decision = core::Decide(one.run, one.revision->workflow, command, now_, world());
  Outcome outcome;
  if (const auto* refusal = std::get_if<core::Refusal>(&decision)) {
    outcome.code = ToString(refusal->code);
    outcome.detail = refusal->detail;
    Report(id, title, is_followup, outcome);
    return outcome;
  }
  const auto& accepted = std::get<core::Accepted>(decision);
  outcome.events = accepted.events;
  if (!accepted.events.empty()) {
    one.log.push_back({{now_, core::ActorOf(command)}, accepted.events});
    core::ApplyEntry(one.replayed, accepted.events, one.log.back().stamp);
  }
  // The log alone has to make the run: a simulation that cannot say so proves nothing.
  GW_ASSERT(one.replayed == accepted.run);
  one.run = accepted.run;
  const bool is_moved = std::holds_alternative<core::MigrateRun>(command) ||
                        std::holds_alternative<core::SubmitRun>(command);
  if (is_moved && !accepted.events.empty()) {
    one.revision = target_;
  }
  for (const core::Event& event : accepted.events) {
    locks_.Apply(id, event, now_);
    followed_.push_back(event);
    if (const auto* created = std::get_if<core::RunCreated>(&event)) {
      one.digests.push_back(created->subject_digest);
    } else if (const auto* submitted = std::get_if<core::RunSubmitted>(&event)) {
      one.digests.push_back(submitted->subject_digest);
    } else if (const auto* changed = std::get_if<core::SubjectChanged>(&event)) {
      one.digests.push_back(changed->subject_digest);
    }
  }
  Report(id, title, is_followup, outcome);
  for (const core::Effect& effect : accepted.effects) TakeEffect(id, effect);
  if (!options_.is_automatic) return outcome;
  for (const core::Event& event : accepted.events) {
    const auto* released = std::get_if<core::LocksReleased>(&event);
    if (released == nullptr) continue;
    for (const RunId next : locks_.Waiting(released->keys)) {
      if (runs_.contains(next)) Follow(next, core::TryStart{}, "look again: a lock was given back");
    }
  }
  return outcome;
}

void Simulation::TakeEffect(RunId id, const core::Effect& effect) {
  if (const auto* set = std::get_if<core::SetTimer>(&effect)) {
    timers_[{id, set->kind}] = set->due;
  } else if (const auto* clear = std::get_if<core::ClearTimer>(&effect)) {
    timers_.erase({id, clear->kind});
  }
  if (!options_.is_automatic) return;
  if (const auto* supersede = std::get_if<core::SupersedeRuns>(&effect)) {
    for (const RunId loser : supersede->runs) {
      if (runs_.contains(loser)) {
        Follow(loser, core::SupersedeRun{id}, fmt::format("run {} takes its place", id.value));
      }
    }
  } else if (const auto* list = std::get_if<core::ListEligible>(&effect)) {
    ListPeople(id, *list);
  } else if (const auto* ask = std::get_if<core::AskPolicies>(&effect)) {
    AskPolicies(id, *ask);
  } else if (const auto* call = std::get_if<core::CallExecutor>(&effect)) {
    if (!options_.is_acting) return;
    core::FinishAttempt finish;
    finish.number = call->number;
    finish.end = core::AttemptEnd::kSucceeded;
    const core::Attempt* attempt = runs_.at(id).run.FindAttempt(call->number);
    if (attempt != nullptr) finish.fencing_token = attempt->fencing_token;
    finish.summary = "simulated";
    Follow(id, finish, "the action succeeds");
  }
}

void Simulation::Follow(RunId id, const core::Command& command, std::string title) {
  followups_.push_back({id, command, std::move(title)});
}

void Simulation::Settle() {
  for (std::size_t done = 0; done < followups_.size() && done < kMaxFollowups; ++done) {
    const Followup next = followups_[done];
    DoOne(next.run, next.command, next.title, true);
  }
  followups_.clear();
}

void Simulation::TryBlocked() {
  for (const auto& [id, one] : runs_) {
    if (one.run.status == core::RunStatus::kBlocked) Follow(id, core::TryStart{}, "look again");
  }
}

void Simulation::ListPeople(RunId id, const core::ListEligible& effect) {
  if (options_.directory == nullptr) return;
  const runtime::LoadedRun loaded = Loaded(id);
  const core::StageSpec* stage = loaded.revision->workflow.FindStage(effect.stage);
  if (stage == nullptr || !stage->gate) return;
  core::RecordEligible people{effect.stage, effect.epoch, {}};
  people.rules = runtime::ListPeople(loaded, *stage, *options_.directory, Asking());
  Follow(id, people, "who is eligible");
}

void Simulation::AskPolicies(RunId id, const core::AskPolicies& effect) {
  const core::StageSpec* stage = runs_.at(id).revision->workflow.FindStage(effect.stage);
  if (stage == nullptr || !stage->gate) return;
  for (const core::AutoVoter& voter : stage->gate->auto_voters) {
    if (std::ranges::find(kAskable, voter.use.plugin) == kAskable.end()) continue;
    AskPolicy(id, effect.stage, effect.epoch, voter.id);
  }
}

void Simulation::AskPolicy(RunId id, const StageName& stage, Epoch epoch,
                           const std::string& policy) {
  const SimulatedRun& one = runs_.at(id);
  const auto found = one.revision->policies.find({stage, policy});
  // Without its plugin the script has to say what it says.
  if (found == one.revision->policies.end() || found->second == nullptr) return;
  ports::Context context;
  context.run = id;
  context.workflow = one.run.workflow.value;
  context.stage = stage.value;
  context.epoch = epoch.value;
  context.requester = one.run.requester.value;
  context.subject_json = one.run.subject_json;
  context.subject_digest = one.run.subject_digest;
  context.now = now_;
  const auto verdict = found->second->Evaluate(context, kPluginLimit);
  if (verdict && verdict->choice == ports::PolicyChoice::kWait) {
    const Duration wait = std::max(kShortestWait, verdict->ask_again_after);
    questions_.push_back({id, {stage, epoch, policy, now_ + wait}});
    return;
  }
  core::RecordPolicyVote vote;
  vote.auto_voter = policy;
  vote.stage = stage;
  vote.epoch = epoch;
  if (verdict) {
    vote.choice = ChoiceOf(verdict->choice);
    vote.reason = verdict->reason;
    if (const auto evidence = codec::ParseJson(verdict->evidence_json)) {
      vote.evidence_json = codec::CanonicalJson(*evidence);
    }
  } else {
    vote.reason = fmt::format("abstained, because it failed: {}", verdict.error().message);
  }
  Follow(id, vote, fmt::format("policy '{}' is asked", policy));
}

std::optional<Time> Simulation::NextMoment() const {
  std::optional<Time> next;
  for (const auto& [key, due] : timers_) next = std::min(next.value_or(due), due);
  for (const auto& [id, question] : questions_) {
    next = std::min(next.value_or(question.due), question.due);
  }
  return next;
}

bool Simulation::FireNext(Time until) {
  const auto next = NextMoment();
  if (!next || *next > until) return false;
  now_ = std::max(now_, *next);
  const auto timer =
      std::ranges::find_if(timers_, [&](const auto& one) { return one.second == *next; });
  if (timer != timers_.end()) {
    const auto [id, kind] = timer->first;
    timers_.erase(timer);
    const auto command = core::CommandOfTimer(runs_.at(id).run, kind);
    if (command) DoOne(id, *command, std::string(TitleOf(kind)), true);
  } else {
    const auto asked =
        std::ranges::find_if(questions_, [&](const auto& one) { return one.second.due == *next; });
    const auto [id, question] = *asked;
    questions_.erase(asked);
    AskPolicy(id, question.stage, question.epoch, question.policy);
  }
  Settle();
  return true;
}

std::vector<core::Event> Simulation::Advance(Duration duration) {
  followed_.clear();
  const Time until = now_ + duration;
  for (std::size_t fired = 0; options_.is_automatic && fired < kMaxFollowups; ++fired) {
    if (!FireNext(until)) break;
  }
  now_ = until;
  return std::move(followed_);
}

void Simulation::HoldElsewhere(const std::vector<std::string>& keys, bool is_held) {
  if (is_held) {
    core::LocksTaken taken;
    taken.keys = keys;
    taken.ticket = locks_.newest_ticket() + 1;
    locks_.Apply(kElsewhere, taken, now_);
  } else {
    locks_.Apply(kElsewhere, core::LocksReleased{keys, "the script says so"}, now_);
  }
  if (options_.is_automatic && !is_held) TryBlocked();
  Settle();
}

void Simulation::SetCalendar(const std::string& name, bool is_open) {
  calendars_[name] = std::make_shared<const Constant>(is_open);
  if (options_.is_automatic) TryBlocked();
  Settle();
}

void Simulation::Report(RunId id, const std::string& title, bool is_followup,
                        const Outcome& outcome) {
  if (!listener_) return;
  Moment moment{now_, "", title, is_followup, outcome, "", "", ""};
  const auto found = runs_.find(id);
  if (found != runs_.end()) {
    const SimulatedRun& one = found->second;
    moment.run = one.name;
    if (one.run.exists()) {
      moment.state = one.run.state;
      moment.status = ToString(one.run.status);
      moment.waits_for =
          core::Explain(one.run, one.revision->workflow, now_, world(), std::nullopt).summary;
    }
  }
  listener_(moment);
}

}  // namespace gatewright::simulation
