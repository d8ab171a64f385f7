// tests/explain/agreement_test.cpp: what is said of a run is what happens to it. Random runs,
// random viewers: every action that is offered is taken, none that is not offered is.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "engine/core/electorate.h"
#include "engine/core/separation.h"
#include "engine/core/tally.h"
#include "tests/explain/random_scene.h"

namespace gatewright::core::test {
namespace {

constexpr int kSteps = 25;

// Takes it, and something changes.
bool Takes(const Scene& scene, const Command& command) {
  const Decision decision = Decide(scene.run, scene.workflow, command, scene.now, scene.world());
  const auto* accepted = std::get_if<Accepted>(&decision);
  return accepted != nullptr && !accepted->events.empty();
}

bool Has(const std::vector<std::string_view>& actions, std::string_view action) {
  return std::ranges::find(actions, action) != actions.end();
}

bool Has(const std::vector<Reason>& reasons, std::initializer_list<ReasonCode> codes) {
  return std::ranges::any_of(reasons, [&](const Reason& reason) {
    return std::ranges::find(codes, reason.code) != codes.end();
  });
}

// As a caller would send it: the stage by its name, and in words of their own.
CastVote VoteOf(const Scene& scene, const Viewer& viewer, const PrincipalId& on_behalf_of,
                const EligibilityFacts& facts, Choice choice) {
  CastVote vote;
  vote.actor = viewer.principal;
  vote.stage = scene.run.current_stage;
  vote.choice = choice;
  vote.comment = "in words nobody used before";
  vote.expected.subject_digest = scene.run.subject_digest;
  vote.facts = facts;
  vote.on_behalf_of = on_behalf_of;
  return vote;
}

std::string BrokenPlace(const Scene& scene, const Viewer& viewer, const VotingPlace& place,
                        const EligibilityFacts& facts) {
  for (const auto& [choice, name] :
       {std::pair<Choice, std::string_view>{Choice::kApprove, "approve"},
        {Choice::kReject, "reject"},
        {Choice::kWithdraw, "withdraw"}}) {
    const auto vote = VoteOf(scene, viewer, place.on_behalf_of, facts, choice);
    if (Takes(scene, vote) != Has(place.actions, name)) {
      return fmt::format("{} is {} offered", name, Has(place.actions, name) ? "" : "not");
    }
  }
  if (place.can_vote != place.reasons.empty()) return "can_vote and its reasons disagree";
  if (place.can_vote && !Has(place.actions, "approve")) return "can_vote without approve";
  const auto approve = VoteOf(scene, viewer, place.on_behalf_of, facts, Choice::kApprove);
  const Decision decision = Decide(scene.run, scene.workflow, approve, scene.now, scene.world());
  const auto* refusal = std::get_if<Refusal>(&decision);
  if (refusal == nullptr) return "";
  const auto& why = place.reasons;
  if (scene.run.status != RunStatus::kWaiting) {
    return Has(why, {ReasonCode::kNotOpen}) ? "" : "no gate is open, and no reason tells";
  }
  bool is_told = true;
  switch (refusal->code) {
    case RefusalCode::kSelfApproval:
      is_told = Has(why, {ReasonCode::kSelfApproval, ReasonCode::kCommitter, ReasonCode::kSameTeam,
                          ReasonCode::kPreviousVoter});
      break;
    case RefusalCode::kDeadlinePassed:
      is_told = Has(why, {ReasonCode::kDeadlinePassed});
      break;
    case RefusalCode::kPrepareAgain:
      is_told = Has(why, {ReasonCode::kFactsOutdated});
      break;
    case RefusalCode::kNotEligible:
      is_told =
          Has(why, {ReasonCode::kNotIn, ReasonCode::kAlreadyUsedFor, ReasonCode::kAlreadyVoted});
      break;
    default:
      is_told = Has(why, {ReasonCode::kNotOpen});
  }
  return is_told ? ""
                 : fmt::format("refused as {}, which no reason tells", ToString(refusal->code));
}

std::string BrokenActions(const Scene& scene, const Viewer& viewer,
                          const ViewerExplanation& explained) {
  const Run& run = scene.run;
  const Principal& actor = viewer.principal;
  const StageName& stage = run.current_stage;
  const auto override_of = [&](OverrideKind kind) {
    return OverrideRule{actor, kind, "why", viewer.may_override, "not allowed", {}};
  };
  const std::vector<std::pair<std::string_view, Command>> commands = {
      {"claim", ClaimGate{actor, stage, {}, {}, viewer.facts}},
      {"release", ReleaseGate{actor, stage, {}}},
      {"extend", ExtendDeadline{actor, stage, {}, scene.now + std::chrono::hours{1000}, "", {}}},
      {"override:gate", override_of(OverrideKind::kGate)},
      {"override:calendar", override_of(OverrideKind::kCalendar)},
      {"override:lock", override_of(OverrideKind::kLock)},
      {"resolve", ResolveIncident{actor, Resolution::kFailed, "", {}}},
      {"change_subject", ChangeSubject{actor, "{}", "other", {}, {}, {}, "", {}}},
      {"cancel", CancelRun{actor, "", {}}},
      {"retry", RetryRun{actor, "", {}}}};
  for (const auto& [name, command] : commands) {
    if (Takes(scene, command) != Has(explained.allowed_actions, name)) {
      return fmt::format("'{}' is {}offered", name,
                         Has(explained.allowed_actions, name) ? "" : "not ");
    }
  }
  return Has(explained.allowed_actions, "resubmit") == run.is_finished() ? "" : "resubmit";
}

std::string BrokenOutlook(const Scene& scene, const Viewer& viewer,
                          const ViewerExplanation& explained) {
  if (explained.if_i_approve.has_value() != explained.can_decide) return "the outlook is not there";
  if (!explained.if_i_approve) return "";
  const Outlook& outlook = *explained.if_i_approve;
  const EligibilityFacts* facts = &viewer.facts;
  for (const DelegatedFacts& delegation : viewer.delegations) {
    if (delegation.from == outlook.on_behalf_of) facts = &delegation.facts;
  }
  const Decision decision =
      Decide(scene.run, scene.workflow,
             VoteOf(scene, viewer, outlook.on_behalf_of, *facts, Choice::kApprove), scene.now,
             scene.world());
  const auto& accepted = std::get<Accepted>(decision);
  const bool is_same = accepted.run.status == outlook.status &&
                       accepted.run.state == outlook.state &&
                       accepted.run.current_stage == outlook.stage && !outlook.steps.empty();
  return is_same ? "" : "the outlook is not what comes";
}

void CollectLeaves(const RuleNode& node, std::vector<const RuleNode*>& leaves) {
  if (node.kind == RuleKind::kLeaf) leaves.push_back(&node);
  for (const RuleNode& child : node.children) CollectLeaves(child, leaves);
}

bool HasChoice(const Rule& rule) {
  return rule.kind == RuleKind::kAny || rule.kind == RuleKind::kNOf ||
         std::ranges::any_of(rule.children, HasChoice);
}

std::string BrokenTree(const Scene& scene, const GateExplanation& explained) {
  const StageSpec& stage = *scene.workflow.FindStage(explained.stage);
  const Gate& gate = *scene.run.FindStage(explained.stage)->gate;
  GateSpec spec = *stage.gate;
  spec.rules = ResolvedRules(scene.run, stage, gate);
  auto votes = CountedVotes(scene.run, stage, gate);
  LeaveListed(scene.run, stage, gate, votes);
  std::vector<const RuleNode*> leaves;
  CollectLeaves(explained.rules, leaves);
  const TallyResult tally = TallyInDetail(spec, votes);
  if (leaves.size() != tally.rules.size()) return "another number of leaves";
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (!HasChoice(spec.rules) && leaves[i]->have != tally.rules[i].have) {
      return "a leaf has another number of people than the tally";
    }
    const bool is_full = leaves[i]->is_need_known && leaves[i]->have >= leaves[i]->need;
    if ((leaves[i]->state == NodeState::kSatisfied) != is_full) return "a leaf's state";
  }
  if (explained.rejected_by.size() != tally.rejects) return "another number of rejects";
  spec.reject = {RejectKind::kThreshold, std::numeric_limits<std::uint32_t>::max()};
  spec.needs_human = false;
  const bool is_satisfied = Tally(spec, votes) == GateOutcome::kSatisfied;
  if (is_satisfied != (explained.rules.state == NodeState::kSatisfied)) {
    return "the tree's state is not the tally's";
  }
  const bool is_hopeless =
      gate.is_open() && gate.eligible && !is_satisfied && !IsPossible(scene.run, stage, gate);
  // A node alone may be called impossible for want of its own people only.
  if (is_hopeless && explained.rules.state != NodeState::kImpossible) return "impossible, not said";
  return "";
}

std::string Broken(const Scene& scene, const Viewer& viewer) {
  const Explanation why = scene.Why(viewer);
  if (why.summary.empty()) return "no summary";
  if (scene.run.is_finished() != why.waits_for.empty()) return "waits_for";
  const ViewerExplanation& explained = *why.viewer;
  if (explained.can_decide !=
      CanDecideNow(scene.run, scene.workflow, scene.now, scene.world(), viewer)) {
    return "the inbox and the explanation disagree";
  }
  std::string broken = BrokenPlace(scene, viewer, explained.own, viewer.facts);
  for (std::size_t i = 0; broken.empty() && i < viewer.delegations.size(); ++i) {
    broken = BrokenPlace(scene, viewer, explained.on_behalf_of[i], viewer.delegations[i].facts);
  }
  if (broken.empty()) broken = BrokenActions(scene, viewer, explained);
  if (broken.empty()) broken = BrokenOutlook(scene, viewer, explained);
  if (broken.empty() && why.gate) broken = BrokenTree(scene, *why.gate);
  return broken;
}

// GATEWRIGHT_SEED repeats one story; GATEWRIGHT_WALKS says how many to try.
TEST(ExplainAgreement, EveryActionThatIsOfferedIsTakenAndNoOther) {
  const std::uint64_t walks = NumberFromEnvironment("GATEWRIGHT_WALKS", 400);
  std::array<std::uint64_t, kRunStatuses + 1> seen{};
  for (const std::uint64_t seed : Seeds()) {
    Random random(seed);
    for (std::uint64_t walk = 0; walk < walks; ++walk) {
      Scene scene = RandomScene(random);
      for (int step = 0; step < kSteps; ++step) {
        ++seen[static_cast<std::size_t>(scene.run.status)];
        const Viewer viewer = RandomViewer(random, scene);
        const std::string broken = Broken(scene, viewer);
        ASSERT_EQ(broken, "") << "walk " << walk << ", step " << step
                              << " of GATEWRIGHT_SEED=" << seed << "; the run is "
                              << ToString(scene.run.status) << ": " << scene.Why().summary;
        RandomStep(random, scene);
      }
    }
  }
  for (const RunStatus status :
       {RunStatus::kWaiting, RunStatus::kExecuting, RunStatus::kBlocked, RunStatus::kNeedsAttention,
        RunStatus::kFailed, RunStatus::kExpired, RunStatus::kRejected}) {
    EXPECT_GT(seen[static_cast<std::size_t>(status)], 20U) << ToString(status);
  }
}

}  // namespace
}  // namespace gatewright::core::test
