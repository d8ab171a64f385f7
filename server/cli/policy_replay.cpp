#include "server/cli/policy_replay.h"

#include <algorithm>
#include <array>

#include "engine/codec/events.h"
#include "engine/core/apply.h"
#include "engine/core/electorate.h"
#include "engine/core/separation.h"
#include "engine/core/tally.h"

namespace gatewright::cli {
namespace {

constexpr Duration kLimit = std::chrono::seconds{5};
constexpr Duration kShortestWait = std::chrono::milliseconds{100};
constexpr std::size_t kMaxAsks = 1'000;  // of one policy at one opening
// Policies that look at nothing but the subject and the time: asked again, they say the same.
constexpr std::array<std::string_view, 3> kReplayable = {"match", "expr", "window"};
constexpr std::string_view kPolicyPrefix = "policy:";

std::string NameOf(const PrincipalId& policy) {
  const std::string& id = policy.value;
  return id.starts_with(kPolicyPrefix) ? id.substr(kPolicyPrefix.size()) : id;
}

class Replaying {
 public:
  Replaying(const runtime::Revision& revision, std::vector<std::string>& skipped)
      : revision_(revision), skipped_(skipped) {}

  Result<std::vector<Opening>> Run(const std::vector<ports::Entry>& entries) {
    run_.id = entries.front().run;
    for (const ports::Entry& entry : entries) {
      GW_TRY(events, codec::EventsFromJson(entry.events_json));
      AskAgain(entry.at);
      core::ApplyEntry(run_, events, {entry.at, PrincipalId{entry.actor}});
      votes_in_entry_ = 0;
      for (const core::Event& event : events) {
        at_ = entry.at;
        std::visit(*this, event);
      }
    }
    Close();
    return std::move(openings_);
  }

  void operator()(const core::GateOpened& event) {
    Close();
    votes_.clear();
    votes_in_entry_ = 0;
    open_.emplace();
    open_->run = run_.id;
    open_->stage = event.stage;
    open_->epoch = event.epoch;
    open_->opened_at = at_;
    spec_ = revision_.workflow.FindStage(event.stage);
    if (spec_ != nullptr && !spec_->gate) spec_ = nullptr;
    if (spec_ == nullptr) return;
    for (const core::AutoVoter& voter : spec_->gate->auto_voters) {
      if (CanBeAsked(voter)) {
        Ask(voter, at_, 1);
      } else if (std::ranges::find(skipped_, voter.id) == skipped_.end()) {
        skipped_.push_back(voter.id);
      }
    }
  }

  void operator()(const core::VotesCarried& event) {
    const core::Stage* stage = run_.FindStage(event.stage);
    if (!IsOpen(event.stage, event.epoch) || stage == nullptr || !stage->gate) return;
    ++votes_in_entry_;
    for (const core::Vote& vote : stage->gate->votes) {
      if (!vote.carried_reason.empty()) Count(vote);
    }
  }

  void operator()(const core::VoteCast& event) {
    if (!IsOpen(event.stage, event.epoch)) return;
    ++votes_in_entry_;
    const bool is_policy = event.kind == core::PrincipalKind::kPolicy;
    open_->is_by_policy_then = is_policy;
    if (is_policy) {
      open_->then[NameOf(event.voter)] =
          std::string(core::ToString(event.choice)) + (event.is_shadow ? " (watched)" : "");
    }
    core::Vote vote;
    vote.voter = event.voter;
    vote.kind = event.kind;
    vote.is_everybody = event.is_everybody;
    vote.choice = event.choice;
    vote.rules = event.rules;
    vote.is_shadow = event.is_shadow;
    vote.on_behalf_of = event.on_behalf_of;
    vote.at = at_;
    Count(vote);
  }

  void operator()(const core::EligibleListed& event) {
    if (!IsOpen(event.stage, event.epoch)) return;
    ++votes_in_entry_;
    Settle(at_, false);
  }

  void operator()(const core::GateSatisfied& event) {
    if (!IsOpen(event.stage, event.epoch)) return;
    open_->satisfied_then = at_;
    open_->is_passed_by_votes = votes_in_entry_ != 0;
    open_->is_asked = open_->is_passed_by_votes || open_->opened_at != at_;
    Close();
  }
  void operator()(const core::GateRejected& event) {
    if (IsOpen(event.stage, event.epoch)) Close();
  }
  void operator()(const core::GateExpired& event) {
    if (IsOpen(event.stage, event.epoch)) Close();
  }

  template <class Other>
  void operator()(const Other&) {}

 private:
  // A policy that asked to be asked again.
  struct Question {
    const core::AutoVoter* voter;
    Time due;
    std::size_t asks;
  };

  bool IsOpen(const StageName& stage, Epoch epoch) const {
    return open_ && open_->stage == stage && open_->epoch == epoch;
  }

  void Close() {
    if (open_) openings_.push_back(*std::move(open_));
    open_.reset();
    questions_.clear();
  }

  ports::Policy* FindPolicy(const core::AutoVoter& voter) const {
    const auto found = revision_.policies.find({spec_->name, voter.id});
    return found == revision_.policies.end() ? nullptr : found->second.get();
  }

  bool CanBeAsked(const core::AutoVoter& voter) const {
    const auto& [plugin, with_json] = voter.use;
    if (std::ranges::find(kReplayable, plugin) == kReplayable.end()) return false;
    // A formula on facts: nobody knows any more what they were.
    if (plugin == "expr" && with_json.find("facts") != std::string::npos) return false;
    return FindPolicy(voter) != nullptr;
  }

  // Votes that count besides those of the policies that are asked here.
  void Count(const core::Vote& vote) {
    if (spec_ == nullptr || vote.is_shadow) return;
    if (vote.kind == core::PrincipalKind::kPolicy) {
      const auto& voters = spec_->gate->auto_voters;
      const auto voter = std::ranges::find(voters, NameOf(vote.voter), &core::AutoVoter::id);
      if (voter == voters.end() || voter->is_shadow || CanBeAsked(*voter)) return;
    }
    Add(vote, at_);
  }

  void Add(const core::Vote& vote, Time at) {
    std::erase_if(votes_, [&](const core::Vote& other) { return other.slot() == vote.slot(); });
    if (vote.choice != core::Choice::kWithdraw) votes_.push_back(vote);
    Settle(at, vote.kind == core::PrincipalKind::kPolicy);
  }

  void Settle(Time at, bool is_by_policy) {
    if (spec_ == nullptr || open_->outcome != core::GateOutcome::kPending) return;
    open_->outcome = Tally();
    open_->decided_at = at;
    open_->is_by_policy_now = is_by_policy;
  }

  // As the engine decides.
  core::GateOutcome Tally() const {
    const core::Stage* stage = run_.FindStage(open_->stage);
    core::Gate gate = stage != nullptr && stage->gate ? *stage->gate : core::Gate{};
    gate.votes = votes_;
    auto votes = core::CountedVotes(run_, *spec_, gate);
    if (!core::NeedsAll(spec_->gate->rules)) return core::Tally(*spec_->gate, votes);
    core::LeaveListed(run_, *spec_, gate, votes);
    core::GateSpec spec = *spec_->gate;
    spec.rules = core::ResolvedRules(run_, *spec_, gate);
    return core::Tally(spec, votes);
  }

  void AskAgain(Time until) {
    while (open_ && !questions_.empty()) {
      const auto next = std::ranges::min_element(questions_, {}, &Question::due);
      if (next->due > until) return;
      const Question question = *next;
      questions_.erase(next);
      Ask(*question.voter, question.due, question.asks + 1);
    }
  }

  void Ask(const core::AutoVoter& voter, Time at, std::size_t asks) {
    ports::Context context;
    context.run = run_.id;
    context.workflow = run_.workflow.value;
    context.stage = open_->stage.value;
    context.epoch = open_->epoch.value;
    context.requester = run_.requester.value;
    context.subject_json = run_.subject_json;
    context.subject_digest = run_.subject_digest;
    context.now = at;
    const auto verdict = FindPolicy(voter)->Evaluate(context, kLimit);
    const auto choice = verdict ? verdict->choice : ports::PolicyChoice::kAbstain;
    constexpr std::string_view kWords[] = {"", "approve", "reject", "abstain", "wait"};
    open_->now[voter.id] = std::string(kWords[static_cast<std::size_t>(choice)]) +
                           (voter.is_shadow ? " (watched)" : "");
    if (choice == ports::PolicyChoice::kWait && asks < kMaxAsks) {
      questions_.push_back({&voter, at + std::max(kShortestWait, verdict->ask_again_after), asks});
    }
    if (voter.is_shadow) return;
    core::Vote vote;
    vote.voter = PrincipalId{std::string(kPolicyPrefix) + voter.id};
    vote.kind = core::PrincipalKind::kPolicy;
    vote.at = at;
    if (choice == ports::PolicyChoice::kApprove) {
      vote.choice = core::Choice::kApprove;
      vote.rules = voter.fills;
    } else if (choice == ports::PolicyChoice::kReject) {
      vote.choice = core::Choice::kReject;
    } else {
      return;
    }
    Add(vote, at);
  }

  const runtime::Revision& revision_;
  std::vector<std::string>& skipped_;
  core::Run run_;  // as it is after the entry that is looked at
  Time at_;        // of that entry
  std::size_t votes_in_entry_ = 0;
  std::optional<Opening> open_;
  const core::StageSpec* spec_ = nullptr;  // of the open gate, in the other version; null: none
  std::vector<core::Vote> votes_;          // that count at the open gate
  std::vector<Question> questions_;
  std::vector<Opening> openings_;
};

}  // namespace

Result<std::vector<Opening>> ReplayGates(const runtime::Revision& revision,
                                         const std::vector<ports::Entry>& entries,
                                         std::vector<std::string>& skipped) {
  return Replaying(revision, skipped).Run(entries);
}

}  // namespace gatewright::cli
