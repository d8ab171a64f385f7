// Long: every reason why somebody may not vote, in the order in which people are told.
#include "engine/core/explain_viewer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/assert.h"
#include "engine/core/decide.h"
#include "engine/core/explain_outlook.h"
#include "engine/core/explain_rules.h"
#include "engine/core/separation.h"

namespace gatewright::core {
namespace {

bool Contains(const std::vector<RuleId>& rules, const RuleId& rule) {
  return std::ranges::find(rules, rule) != rules.end();
}

const Gate* OpenGate(const Run& run) {
  if (run.status != RunStatus::kWaiting) return nullptr;
  const Stage* stage = run.FindStage(run.current_stage);
  return stage != nullptr && stage->gate && stage->gate->is_open() ? &*stage->gate : nullptr;
}

const Vote* FindSlot(const Gate& gate, const PrincipalId& slot) {
  const auto found = std::ranges::find(gate.votes, slot, &Vote::slot);
  return found == gate.votes.end() ? nullptr : &*found;
}

// Words that `slot` has not said of the current stage: whether the same ones would be taken again
// says nothing.
std::string NewWords(const Run& run, const PrincipalId& slot) {
  std::string words;
  const auto outdo = [&](const Vote& vote) {
    if (vote.slot() == slot && vote.comment.size() >= words.size()) words = vote.comment + " ";
  };
  const Stage* stage = run.FindStage(run.current_stage);
  if (stage != nullptr && stage->gate) std::ranges::for_each(stage->gate->votes, outdo);
  for (const HeldVote& held : run.held_votes) outdo(held.vote);
  return words;
}

// The run with what matters to whether this viewer's commands are taken. The votes of others decide
// what comes of a vote, never whether it is taken; without them every question is cheaper.
Run Lighter(const Run& run, const Viewer& viewer) {
  Run lighter = run;
  const auto is_theirs = [&](const PrincipalId& id) {
    return id == viewer.principal.id ||
           std::ranges::find(viewer.delegations, id, &DelegatedFacts::from) !=
               viewer.delegations.end();
  };
  for (Stage& stage : lighter.stages) {
    stage.outdated.clear();
    if (!stage.gate) continue;
    stage.gate->eligible.reset();
    std::erase_if(stage.gate->votes, [&](const Vote& vote) {
      return !is_theirs(vote.voter) && !is_theirs(vote.slot());
    });
  }
  return lighter;
}

// What `Decide` is asked. Borrowed for the call.
struct Question {
  const Run& run;
  const Run& lighter;
  const Workflow& workflow;
  Time now;
  const World& world;

  Decision Ask(const Command& command) const {
    return Decide(lighter, workflow, command, now, world);
  }
  // Would it be accepted, and change something?
  bool Would(const Command& command) const {
    const Decision decision = Ask(command);
    const auto* accepted = std::get_if<Accepted>(&decision);
    return accepted != nullptr && !accepted->events.empty();
  }
};

// One place to vote in: the viewer's own, or a delegator's.
struct Place {
  PrincipalId on_behalf_of;
  const EligibilityFacts& facts;  // borrowed from the viewer
};

const PrincipalId& SlotOf(const Place& place, const Viewer& viewer) {
  return place.on_behalf_of.empty() ? viewer.principal.id : place.on_behalf_of;
}

CastVote VoteOf(const Run& run, const Viewer& viewer, const Place& place, Choice choice) {
  CastVote vote;
  vote.actor = viewer.principal;
  vote.stage = run.current_stage;
  vote.is_any_stage = run.is_finished();
  vote.choice = choice;
  vote.expected.subject_digest = run.subject_digest;
  vote.facts = place.facts;
  vote.on_behalf_of = place.on_behalf_of;
  vote.comment = NewWords(run, SlotOf(place, viewer));
  return vote;
}

// Finds every reason, where `Decide` names the first only.
class Reasons {
 public:
  Reasons(const Run& run, const StageSpec& stage, const Gate& gate,
          const GateExplanation& explained, const Viewer& viewer, const Place& place, Time now)
      : run_(run),
        stage_(stage),
        gate_(gate),
        explained_(explained),
        viewer_(viewer),
        place_(place),
        now_(now) {}

  // Those that may keep the vote out.
  std::vector<Reason> Find() {
    const bool is_over =
        gate_.deadline && *gate_.deadline <= now_ && explained_.on_timeout != OnTimeout::kEscalate;
    if (is_over) {
      Add(ReasonCode::kDeadlinePassed, {},
          fmt::format("gate '{}' had to be decided before {}", stage_.name.value,
                      FormatTime(*gate_.deadline)));
    }
    if (place_.facts.stage != stage_.name || place_.facts.escalated != gate_.escalated) {
      Add(ReasonCode::kFactsOutdated, {}, "the run has just moved on; ask again");
    }
    AddUsed();
    AddSeparation();
    AddOutside();
    return std::move(found_);
  }

  // What to know of a vote that would be taken.
  std::vector<Reason> Notes() {
    found_.clear();
    const Principal& actor = viewer_.principal;
    if (actor.kind == PrincipalKind::kService && stage_.gate->needs_human) {
      Add(ReasonCode::kServiceAccount, {},
          fmt::format("{} is a service account, and gate '{}' needs the approval of a person "
                      "besides",
                      actor.id.value, stage_.name.value));
    }
    if (!gate_.claimed_by.empty() && gate_.claimed_by != actor.id) {
      Add(ReasonCode::kClaimed, {},
          fmt::format("{} has claimed gate '{}'", gate_.claimed_by.value, stage_.name.value));
    }
    if (stage_.gate->votes.needs_digest) {
      Add(ReasonCode::kDigestNeeded, {}, "a vote has to name the digest of what it is about");
    }
    if (!stage_.gate->form_schema_json.empty()) {
      Add(ReasonCode::kFormNeeded, {}, "the gate asks for a form to be filled in");
    }
    return std::move(found_);
  }

 private:
  // The vote that is there already, and the vote in another place that takes this one.
  void AddUsed() {
    const PrincipalId& slot = SlotOf(place_, viewer_);
    for (const Vote& vote : gate_.votes) {
      if (vote.is_shadow) continue;
      if (vote.slot() == slot) {
        const bool is_by_other = vote.voter != viewer_.principal.id;
        Add(ReasonCode::kAlreadyVoted, {},
            fmt::format("{} voted {} at {}{}", vote.voter.value, ToString(vote.choice),
                        FormatTime(vote.at),
                        is_by_other && vote.voter != slot ? " in the place of " + slot.value : ""));
        AddOtherRules(vote);
      } else if (vote.voter == viewer_.principal.id) {
        Add(ReasonCode::kAlreadyUsedFor, FilledBy(vote),
            fmt::format("{} has voted for {} already, and nobody votes twice on a gate",
                        vote.voter.value, vote.slot().value));
      } else if (!place_.on_behalf_of.empty() && vote.voter == place_.on_behalf_of) {
        Add(ReasonCode::kAlreadyVoted, {},
            fmt::format("{} has voted in another place already", vote.voter.value));
      }
    }
  }

  // Where people count once, a vote that fills one rule is not there for the next.
  void AddOtherRules(const Vote& vote) {
    if (!explained_.is_distinct || vote.choice != Choice::kApprove || vote.rules.size() < 2) return;
    const RuleId used = Assigned(explained_.rules, vote.slot());
    if (used.empty()) return;
    Add(ReasonCode::kAlreadyUsedFor, used,
        fmt::format("the vote of {} fills rule '{}', and a person fills one rule only",
                    vote.slot().value, used.value));
  }

  RuleId FilledBy(const Vote& vote) const {
    RuleId used = Assigned(explained_.rules, vote.slot());
    if (used.empty() && !vote.rules.empty()) used = vote.rules.front();
    return used;
  }

  static RuleId Assigned(const RuleNode& node, const PrincipalId& slot) {
    if (std::ranges::find(node.filled_by, slot) != node.filled_by.end()) return node.id;
    for (const RuleNode& child : node.children) {
      if (RuleId found = Assigned(child, slot); !found.empty()) return found;
    }
    return {};
  }

  void AddSeparation() {
    bool has_own = false;
    for (const Rule* leaf : Leaves(stage_.gate->rules)) {
      has_own = has_own || leaf->separation;
      if (Contains(place_.facts.rules, leaf->id)) Separate(SeparationOf(*stage_.gate, *leaf));
    }
    // Whom it keeps out of the whole gate hears so, whatever else does.
    if (!has_own) Separate(stage_.gate->separation);
  }

  void Separate(const SeparationOfDuties& all) {
    if (!viewer_.principal.is_everybody) {
      Separate(all, {viewer_.principal.id, viewer_.principal.groups});
    }
    if (!place_.on_behalf_of.empty()) {
      Separate(all, {place_.on_behalf_of, place_.facts.delegator_groups});
    }
  }

  void Separate(const SeparationOfDuties& all, const Candidate& candidate) {
    using Flag = bool SeparationOfDuties::*;
    constexpr std::array<std::pair<Flag, ReasonCode>, 4> kFlags = {{
        {&SeparationOfDuties::excludes_requester, ReasonCode::kSelfApproval},
        {&SeparationOfDuties::excludes_committers, ReasonCode::kCommitter},
        {&SeparationOfDuties::excludes_same_team, ReasonCode::kSameTeam},
        {&SeparationOfDuties::excludes_previous_voters, ReasonCode::kPreviousVoter},
    }};
    for (const auto& [flag, code] : kFlags) {
      if (!(all.*flag)) continue;
      SeparationOfDuties one;
      one.*flag = true;
      std::string why = WhyExcluded(run_, one, stage_.name, candidate);
      if (!why.empty()) Add(code, {}, std::move(why));
    }
  }

  void AddOutside() {
    for (const Rule* leaf : Leaves(stage_.gate->rules)) {
      if (Contains(place_.facts.rules, leaf->id)) continue;
      Add(ReasonCode::kNotIn, leaf->id,
          fmt::format("{} is not among those whom rule '{}' asks", SlotOf(place_, viewer_).value,
                      leaf->id.value));
    }
  }

  void Add(ReasonCode code, RuleId rule, std::string detail) {
    Reason reason{code, std::move(rule), std::move(detail)};
    if (std::ranges::find(found_, reason) == found_.end()) found_.push_back(std::move(reason));
  }

  const Run& run_;
  const StageSpec& stage_;
  const Gate& gate_;
  const GateExplanation& explained_;
  const Viewer& viewer_;
  const Place& place_;
  Time now_;
  std::vector<Reason> found_;
};

// A vote is missing in this place.
bool IsVoteMissing(const Gate& gate, const Viewer& viewer, const Place& place) {
  return FindSlot(gate, SlotOf(place, viewer)) == nullptr;
}

// The rules that a vote may fill.
std::vector<RuleId> RulesOf(const Accepted& accepted) {
  for (const Event& event : accepted.events) {
    if (const auto* cast = std::get_if<VoteCast>(&event)) return cast->rules;
    if (const auto* held = std::get_if<VoteHeld>(&event)) return held->rules;
  }
  return {};
}

// No gate is open. Where the workflow keeps early votes, one may be given all the same.
VotingPlace NotOpen(const Question& question, const Viewer& viewer, const Place& place) {
  const Run& run = question.run;
  VotingPlace result;
  const Decision approve = question.Ask(VoteOf(run, viewer, place, Choice::kApprove));
  if (const auto* refusal = std::get_if<Refusal>(&approve)) {
    result.reasons.push_back({ReasonCode::kNotOpen, {}, refusal->detail});
  } else {
    result.reasons.push_back({ReasonCode::kNotOpen,
                              {},
                              fmt::format("gate '{}' is not open yet", run.current_stage.value)});
    result.notes.push_back({ReasonCode::kKeptEarly,
                            {},
                            "a vote is kept, and counts when the gate opens on the same subject"});
    result.rules = RulesOf(std::get<Accepted>(approve));
    result.actions = {"approve", "reject"};
  }
  if (question.Would(VoteOf(run, viewer, place, Choice::kWithdraw))) {
    result.actions.push_back("withdraw");
  }
  return result;
}

// `gate` is open. An outlook where the place can vote and nothing better was found before.
VotingPlace ExplainPlace(const Question& question, const GateExplanation& explained,
                         const Gate& gate, const Viewer& viewer, const Place& place,
                         std::optional<Outlook>& outlook) {
  const Run& run = question.run;
  const StageSpec& spec = *question.workflow.FindStage(explained.stage);
  VotingPlace result;
  const Decision approve = question.Ask(VoteOf(run, viewer, place, Choice::kApprove));
  const auto* accepted = std::get_if<Accepted>(&approve);
  result.can_vote = accepted != nullptr && IsVoteMissing(gate, viewer, place);
  if (accepted != nullptr) {
    result.rules = RulesOf(*accepted);
    // Nothing that is looked at before a vote is taken depends on whether it says yes or no.
    result.actions = {"approve", "reject"};
  }
  if (question.Would(VoteOf(run, viewer, place, Choice::kWithdraw))) {
    result.actions.push_back("withdraw");
  }
  Reasons reasons(run, spec, gate, explained, viewer, place, question.now);
  auto found = reasons.Find();
  result.notes = reasons.Notes();
  if (result.can_vote) {
    result.notes.insert(result.notes.begin(), found.begin(), found.end());
    if (!outlook) {
      const auto vote = VoteOf(run, viewer, place, Choice::kApprove);
      const Decision whole = Decide(run, question.workflow, vote, question.now, question.world);
      GW_ASSERT(std::holds_alternative<Accepted>(whole));
      outlook = OutlookOf(std::get<Accepted>(whole), question.workflow);
      outlook->on_behalf_of = place.on_behalf_of;
    }
    return result;
  }
  // What stands against a vote that would be taken is only that one is there.
  for (Reason& reason : found) {
    const bool is_about_vote =
        reason.code == ReasonCode::kAlreadyVoted || reason.code == ReasonCode::kAlreadyUsedFor;
    (accepted == nullptr || is_about_vote ? result.reasons : result.notes)
        .push_back(std::move(reason));
  }
  return result;
}

// Everything that is no vote.
void AddOtherActions(std::vector<std::string_view>& actions, const Question& question,
                     const Viewer& viewer) {
  const Run& run = question.run;
  const Principal& actor = viewer.principal;
  const auto add = [&](std::string_view name, const Command& command) {
    if (question.Would(command)) actions.push_back(name);
  };
  if (const Gate* gate = OpenGate(run)) {
    const StageName& stage = run.current_stage;
    add("claim", ClaimGate{actor, stage, gate->epoch, {}, viewer.facts});
    add("release", ReleaseGate{actor, stage, {}});
    const Time later = std::max(question.now, gate->deadline.value_or(question.now));
    add("extend", ExtendDeadline{actor, stage, gate->epoch, later + std::chrono::hours{1}, "", {}});
  }
  if (viewer.may_override && question.workflow.overriding) {
    constexpr std::array<std::pair<OverrideKind, std::string_view>, 3> kKinds = {{
        {OverrideKind::kGate, "override:gate"},
        {OverrideKind::kCalendar, "override:calendar"},
        {OverrideKind::kLock, "override:lock"},
    }};
    for (const auto& [kind, name] : kKinds) {
      add(name, OverrideRule{actor, kind, "asked", true, "", {}});
    }
  }
  add("resolve", ResolveIncident{actor, Resolution::kFailed, "asked", {}});
  add("change_subject",
      ChangeSubject{
          actor, run.subject_json, run.subject_digest + "'", run.skips, run.facts, {}, "", {}});
  add("cancel", CancelRun{actor, "", {}});
  add("retry", RetryRun{actor, "", {}});
  add("rollback", RollBackRun{actor, "", {}});
  if (run.is_finished()) actions.emplace_back("resubmit");
}

}  // namespace

ViewerExplanation ExplainViewer(const Run& run, const Workflow& workflow, Time now,
                                const World& world, const GateExplanation* explained,
                                const Viewer& viewer) {
  const Run lighter = Lighter(run, viewer);
  const Question question{run, lighter, workflow, now, world};
  const Gate* gate = OpenGate(run);
  const bool is_open = gate != nullptr && explained != nullptr;
  ViewerExplanation result;
  result.id = viewer.principal.id;
  const auto explain = [&](const Place& place) {
    return is_open ? ExplainPlace(question, *explained, *gate, viewer, place, result.if_i_approve)
                   : NotOpen(question, viewer, place);
  };
  result.own = explain({{}, viewer.facts});
  result.can_decide = result.own.can_vote;
  for (const DelegatedFacts& delegation : viewer.delegations) {
    VotingPlace place = explain({delegation.from, delegation.facts});
    place.on_behalf_of = delegation.from;
    place.through = delegation.through;
    result.can_decide = result.can_decide || place.can_vote;
    result.on_behalf_of.push_back(std::move(place));
  }
  result.allowed_actions = result.own.actions;
  AddOtherActions(result.allowed_actions, question, viewer);
  return result;
}

bool CanDecideNow(const Run& run, const Workflow& workflow, Time now, const World& world,
                  const Viewer& viewer) {
  const Gate* gate = OpenGate(run);
  if (gate == nullptr) return false;
  // Who is asked for nothing cannot vote: most runs of a list end here.
  const auto is_missing = [&](const Place& place) {
    return !place.facts.rules.empty() && IsVoteMissing(*gate, viewer, place);
  };
  std::vector<Place> places;
  if (const Place own{{}, viewer.facts}; is_missing(own)) places.push_back(own);
  for (const DelegatedFacts& delegation : viewer.delegations) {
    const Place place{delegation.from, delegation.facts};
    if (is_missing(place)) places.push_back(place);
  }
  if (places.empty()) return false;
  const Run lighter = Lighter(run, viewer);
  const Question question{run, lighter, workflow, now, world};
  return std::ranges::any_of(places, [&](const Place& place) {
    return question.Would(VoteOf(run, viewer, place, Choice::kApprove));
  });
}

}  // namespace gatewright::core
