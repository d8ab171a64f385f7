#include "engine/simulation/wording.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gatewright::simulation {
namespace {

using namespace core;  // NOLINT: nearly every name here is the core's

std::string NamesOf(const std::vector<PrincipalId>& people) {
  std::vector<std::string_view> names;
  for (const PrincipalId& person : people) names.push_back(person.value);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string Because(const std::string& reason) {
  return reason.empty() ? "" : fmt::format(" ({})", reason);
}

std::string Voting(const PrincipalId& voter, const PrincipalId& on_behalf_of, Choice choice) {
  std::string_view verb;
  switch (choice) {
    case Choice::kApprove:
      verb = "approves";
      break;
    case Choice::kReject:
      verb = "rejects";
      break;
    case Choice::kWithdraw:
      verb = "withdraws the vote";
      break;
    case Choice::kAbstain:
      verb = "abstains";
      break;
  }
  return on_behalf_of.empty() ? fmt::format("{} {}", voter.value, verb)
                              : fmt::format("{} {} for {}", voter.value, verb, on_behalf_of.value);
}

std::string Until(const std::optional<Time>& time) {
  return time ? fmt::format(" until {}", FormatTime(*time)) : "";
}

struct Sentence {
  std::string operator()(const RunCreated& e) const {
    return fmt::format("the run is created, subject digest {:.12}", e.subject_digest);
  }
  std::string operator()(const StageSkipped& e) const {
    return fmt::format("stage {} is skipped{}", e.stage.value, Because(e.reason));
  }
  std::string operator()(const GateOpened& e) const {
    const std::string again =
        e.epoch.value == 1 ? "" : fmt::format(", for the {}. time", e.epoch.value);
    return fmt::format("gate {} opens{}{}{}", e.stage.value, again, Because(e.reason),
                       e.deadline ? fmt::format(", until {}", FormatTime(*e.deadline)) : "");
  }
  std::string operator()(const VoteCast& e) const {
    return fmt::format("{} at {}{}", Voting(e.voter, e.on_behalf_of, e.choice), e.stage.value,
                       e.is_shadow ? ", only watched" : Because(e.comment));
  }
  std::string operator()(const GateSatisfied& e) const {
    return fmt::format("gate {} is satisfied", e.stage.value);
  }
  std::string operator()(const GateRejected& e) const {
    return fmt::format("gate {} is rejected", e.stage.value);
  }
  std::string operator()(const GateExpired& e) const {
    return fmt::format("gate {} expires", e.stage.value);
  }
  std::string operator()(const AttemptPlanned& e) const {
    return fmt::format("attempt {} is planned for {}", e.number.value, FormatTime(e.not_before));
  }
  std::string operator()(const AttemptStarted& e) const {
    return fmt::format("stage {} acts: attempt {}", e.stage.value, e.number.value);
  }
  std::string operator()(const AttemptHandedOver& e) const {
    return fmt::format("attempt {} goes on outside{}", e.number.value, Because(e.summary));
  }
  std::string operator()(const AttemptEnded& e) const {
    return fmt::format("attempt {} ends: {}", e.number.value, core::ToString(e.end));
  }
  std::string operator()(const LateAnswerRecorded& e) const {
    return fmt::format("a late answer of attempt {} is written down", e.number.value);
  }
  std::string operator()(const StageDone& e) const {
    return fmt::format("stage {} is done: {}", e.stage.value, e.state);
  }
  std::string operator()(const IncidentRaised& e) const {
    return fmt::format("an operator is needed: {}{}", e.code, Because(e.message));
  }
  std::string operator()(const IncidentResolved& e) const {
    return fmt::format("the incident is resolved{}", Because(e.reason));
  }
  std::string operator()(const CancelRequested&) const { return "the action is asked to stop"; }
  std::string operator()(const RunFinished& e) const {
    return fmt::format("the run ends: {}{}", core::ToString(e.outcome), Because(e.reason));
  }
  std::string operator()(const SubjectChanged& e) const {
    return fmt::format("the subject changes, digest {:.12}{}", e.subject_digest, Because(e.reason));
  }
  std::string operator()(const VotesCarried& e) const {
    return fmt::format("the votes of {} at {} still hold", NamesOf(e.voters), e.stage.value);
  }
  std::string operator()(const VotesOutdated& e) const {
    return fmt::format("the votes of {} at {} count no more", NamesOf(e.voters), e.stage.value);
  }
  std::string operator()(const VoteHeld& e) const {
    return fmt::format("{} at {}: kept until the gate opens",
                       Voting(e.voter, e.on_behalf_of, e.choice), e.stage.value);
  }
  std::string operator()(const HeldVoteDropped& e) const {
    return fmt::format("the kept vote of {} does not count{}", e.voter.value, Because(e.reason));
  }
  std::string operator()(const EligibleListed& e) const {
    std::vector<std::string> rules;
    for (const RulePeople& rule : e.rules) {
      rules.push_back(fmt::format("{}: {}", rule.rule.value, NamesOf(rule.people)));
    }
    return fmt::format("eligible at {}: {}", e.stage.value, fmt::join(rules, "; "));
  }
  std::string operator()(const GateClaimed& e) const {
    return fmt::format("{} claims gate {}", e.by.value, e.stage.value);
  }
  std::string operator()(const GateReleased& e) const {
    return fmt::format("gate {} is claimed by nobody", e.stage.value);
  }
  std::string operator()(const ReminderDue& e) const {
    return fmt::format("gate {} reminds, {}. time", e.stage.value, e.number);
  }
  std::string operator()(const GateEscalated& e) const {
    return fmt::format("gate {} escalates to level {}: more people may vote", e.stage.value,
                       e.level);
  }
  std::string operator()(const DeadlineExtended& e) const {
    return fmt::format("gate {} stays open until {}{}", e.stage.value, FormatTime(e.deadline),
                       Because(e.reason));
  }
  std::string operator()(const OverrideAsked& e) const {
    return fmt::format("{} asks to pass the {}; a second person is needed", e.by.value,
                       core::ToString(e.kind));
  }
  std::string operator()(const OverrideGranted& e) const {
    return fmt::format("the {} is overridden by {}{}{}", core::ToString(e.kind), e.by.value,
                       e.second.empty() ? "" : " and " + e.second.value, Because(e.reason));
  }
  std::string operator()(const ActionBlocked& e) const {
    std::vector<std::string> holds;
    for (const Hold& hold : e.holds) {
      holds.push_back(hold.detail.empty() ? std::string(core::ToString(hold.kind)) : hold.detail);
    }
    return fmt::format("stage {} has to wait: {}", e.stage.value, fmt::join(holds, "; "));
  }
  std::string operator()(const LocksQueued& e) const {
    return fmt::format("stands in line for {}", fmt::join(e.keys, ", "));
  }
  std::string operator()(const LocksTaken& e) const {
    return fmt::format("takes {}{}", fmt::join(e.keys, ", "), Until(e.until));
  }
  std::string operator()(const LocksReleased& e) const {
    return fmt::format("gives back {}{}", fmt::join(e.keys, ", "), Because(e.reason));
  }
  std::string operator()(const RunRetried& e) const {
    return fmt::format("stage {} is done again{}", e.stage.value, Because(e.reason));
  }
  std::string operator()(const RollbackStarted& e) const {
    std::string stages;
    for (const StageName& stage : e.stages) stages += (stages.empty() ? "" : ", ") + stage.value;
    return fmt::format("what it has done is to be undone: {}{}", stages, Because(e.reason));
  }
  std::string operator()(const RunMigrated& e) const {
    return fmt::format("the run follows version {:.12} from here on", e.version.value);
  }
  std::string operator()(const RunDrafted& e) const {
    return fmt::format("{} begins a draft, kept until {}", e.requester.value,
                       FormatTime(e.expires_at));
  }
  std::string operator()(const DraftEdited& e) const {
    return fmt::format("the draft is edited, kept until {}{}", FormatTime(e.expires_at),
                       Because(e.reason));
  }
  std::string operator()(const RunSubmitted& e) const {
    return fmt::format("the draft is submitted, subject digest {:.12}", e.subject_digest);
  }
  std::string operator()(const ReviewOpened&) const { return "the override is to be reviewed"; }

  std::string operator()(const StopSet& e) const {
    const std::string which =
        e.stop.selector.is_everything() ? "every run" : core::Describe(e.stop.selector);
    return fmt::format("stop {} holds {}{}{}", e.stop.id, which, Because(e.stop.reason),
                       Until(e.stop.until));
  }
  std::string operator()(const StopLifted& e) const {
    return fmt::format("stop {} is lifted", e.id);
  }
  std::string operator()(const DelegationAdded& e) const {
    return fmt::format("{} may vote for {} until {}{}", e.delegation.to.value,
                       e.delegation.from.value, FormatTime(e.delegation.valid_until),
                       Because(e.delegation.reason));
  }
  std::string operator()(const DelegationRevoked& e) const {
    return fmt::format("delegation {} is revoked", e.id);
  }
  std::string operator()(const CredentialIssued& e) const {
    return fmt::format("{} has a new {} until {}", e.credential.owner.value,
                       core::ToString(e.credential.kind), FormatTime(e.credential.expires_at));
  }
  std::string operator()(const SessionRefreshed& e) const {
    return fmt::format("session {} is refreshed", e.id);
  }
  std::string operator()(const CredentialRevoked& e) const {
    return fmt::format("session or token {} has ended{}", e.id, Because(e.reason));
  }
};

}  // namespace

std::string InWords(const core::Event& event) { return std::visit(Sentence{}, event); }
std::string InWords(const core::SiteEvent& event) { return std::visit(Sentence{}, event); }

}  // namespace gatewright::simulation
