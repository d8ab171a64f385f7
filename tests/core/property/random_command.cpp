// Long: it is a list: one random command after the other.
#include "tests/core/property/random_command.h"

#include <algorithm>
#include <string>

#include "engine/core/gate_times.h"
#include "tests/core/property/random_workflow.h"
#include "tests/core/support/build.h"

namespace gatewright::core::test {
namespace {

PrincipalId SomePerson(Random& random) {
  return PrincipalId{"v" + std::to_string(random.Below(6))};
}

Principal SomePrincipal(Random& random) {
  if (random.Chance(4)) return Everybody();
  Principal person = Person(SomePerson(random).value);
  if (random.Chance(20)) person.groups = {"g" + std::to_string(random.Below(3))};
  return person;
}

Expectation SomeExpectation(Random& random, const Run& run) {
  Expectation expected;
  if (random.Chance(8))
    expected.version = Sequence{run.version.value - (random.Chance(30) ? 1 : 0)};
  if (random.Chance(8)) expected.state = random.Chance(30) ? "elsewhere" : run.state;
  if (random.Chance(50)) expected.subject_digest = random.Chance(5) ? "d0" : run.subject_digest;
  return expected;
}

StageName SomeStage(Random& random, const Situation& at) {
  if (!at.run.current_stage.empty() && random.Chance(85)) return at.run.current_stage;
  return random.Chance(2) ? StageName{"nowhere"} : random.Pick(at.workflow.stages).name;
}

const core::Gate* GateOf(const Run& run, const StageName& stage) {
  const Stage* found = run.FindStage(stage);
  return found != nullptr && found->gate ? &*found->gate : nullptr;
}

Epoch SomeEpoch(Random& random, const Run& run, const StageName& stage) {
  const core::Gate* gate = GateOf(run, stage);
  return Epoch{(gate != nullptr ? gate->epoch.value : 1) + (random.Chance(4) ? 1 : 0)};
}

const GateSpec* SpecOf(const Situation& at, const StageName& stage) {
  const StageSpec* spec = at.workflow.FindStage(stage);
  return spec != nullptr && spec->gate ? &*spec->gate : nullptr;
}

EligibilityFacts SomeFacts(Random& random, const Situation& at, const StageName& stage) {
  EligibilityFacts facts;
  facts.stage = random.Chance(2) ? StageName{"S9"} : stage;
  if (const GateSpec* spec = SpecOf(at, stage)) {
    facts.rules = SomeRules(random, *spec, random.Chance(92) ? 1 : 0);
  }
  if (const core::Gate* gate = GateOf(at.run, stage)) facts.escalated = gate->escalated;
  facts.why_not = "none of the roles";
  if (random.Chance(10)) facts.delegator_groups = {"g1"};
  return facts;
}

Command SomeVote(Random& random, const Situation& at) {
  CastVote vote;
  vote.actor = SomePrincipal(random);
  vote.stage = SomeStage(random, at);
  vote.is_any_stage = random.Chance(15);
  if (random.Chance(20)) vote.epoch = SomeEpoch(random, at.run, vote.stage);
  const auto dice = random.Below(100);
  vote.choice = dice < 80   ? Choice::kApprove
                : dice < 88 ? Choice::kReject
                : dice < 96 ? Choice::kWithdraw
                            : Choice::kAbstain;
  vote.comment = random.Chance(20) ? "again" : "";
  vote.expected = SomeExpectation(random, at.run);
  vote.facts = SomeFacts(random, at, vote.stage);
  if (random.Chance(15)) vote.on_behalf_of = SomePerson(random);
  if (vote.on_behalf_of == vote.actor.id) vote.on_behalf_of = PrincipalId{};
  return vote;
}

Command SomePolicyVote(Random& random, const Situation& at) {
  RecordPolicyVote vote;
  vote.stage = SomeStage(random, at);
  vote.epoch = SomeEpoch(random, at.run, vote.stage);
  const GateSpec* spec = SpecOf(at, vote.stage);
  const bool has_policy = spec != nullptr && !spec->auto_voters.empty();
  vote.auto_voter = has_policy ? random.Pick(spec->auto_voters).id : "p9";
  vote.choice = random.Chance(70)   ? Choice::kApprove
                : random.Chance(50) ? Choice::kAbstain
                                    : Choice::kReject;
  vote.evidence_json = R"({"risk":"low"})";
  return vote;
}

Command SomeMoment(Random& random, const Situation& at) {
  const StageName stage = SomeStage(random, at);
  if (const core::Gate* gate = GateOf(at.run, stage)) {
    const auto next = random.Chance(50) ? NextMoment(*gate) : gate->deadline;
    if (next && random.Chance(85)) at.installation.now = std::max(at.installation.now, *next);
  }
  return GateDue{stage, SomeEpoch(random, at.run, stage)};
}

Command SomeEligible(Random& random, const Situation& at) {
  RecordEligible record;
  record.stage = SomeStage(random, at);
  record.epoch = SomeEpoch(random, at.run, record.stage);
  const GateSpec* spec = SpecOf(at, record.stage);
  if (spec == nullptr) return record;
  for (const Rule* leaf : Leaves(spec->rules)) {
    if (random.Chance(15)) continue;  // cannot be listed
    RulePeople people{leaf->id, {}};
    for (int i = 0; i < 6; ++i) {
      if (random.Chance(60)) people.people.emplace_back("v" + std::to_string(i));
    }
    record.rules.push_back(std::move(people));
  }
  return record;
}

std::vector<SkippedStage> SomeSkips(Random& random, const Workflow& workflow) {
  std::vector<SkippedStage> skips;
  for (const StageSpec& stage : workflow.stages) {
    if (random.Chance(12)) skips.push_back({stage.name, "not for this subject"});
  }
  return skips;
}

SubjectFacts SomeSubjectFacts(Random& random) {
  SubjectFacts facts;
  for (const char* key : {"db", "web"}) {
    if (random.Chance(55)) facts.lock_keys.emplace_back(key);
  }
  if (random.Chance(20)) facts.committers.push_back(SomePerson(random));
  return facts;
}

Command SomeSubject(Random& random, const Situation& at) {
  ChangeSubject change;
  change.actor = SomePrincipal(random);
  change.subject_json = R"({"v":2})";
  change.subject_digest = "d" + std::to_string(random.Between(1, 4));
  change.skips = random.Chance(60) ? at.run.skips : SomeSkips(random, at.workflow);
  change.facts = random.Chance(60) ? at.run.facts : SomeSubjectFacts(random);
  for (const StageSpec& stage : at.workflow.stages) {
    if (random.Chance(70)) change.kept.push_back(stage.name);
  }
  change.expected = SomeExpectation(random, at.run);
  if (at.run.is_draft()) change.actor.id = at.run.requester;
  change.is_draft = at.run.is_draft() != random.Chance(3);
  return change;
}

Command SomeSubmission(Random& random, const Situation& at) {
  SubmitRun submit;
  submit.actor = random.Chance(90) ? Person(at.run.requester.value) : SomePrincipal(random);
  submit.target = &at.workflow;
  if (random.Chance(30)) {
    at.versions.push_back(RandomVersionAfter(random, at.workflow));
    submit.target = &at.versions.back();
  }
  submit.subject_digest = random.Chance(95) ? at.run.subject_digest : "d9";
  submit.skips = SomeSkips(random, *submit.target);
  submit.facts = SomeSubjectFacts(random);
  submit.expected = SomeExpectation(random, at.run);
  return submit;
}

Command SomeDraftExpiry(Random& random, const Situation& at) {
  if (at.run.draft_expires_at && random.Chance(80)) {
    at.installation.now = std::max(at.installation.now, *at.run.draft_expires_at);
  }
  return ExpireDraft{};
}

Command SomeMigration(Random& random, const Situation& at) {
  at.versions.push_back(RandomVersionAfter(random, at.workflow));
  Workflow& target = at.versions.back();
  MigrateRun migrate;
  migrate.actor = Person("operator");
  migrate.target = &target;
  migrate.skips = random.Chance(60) ? at.run.skips : SomeSkips(random, target);
  migrate.facts = random.Chance(70) ? at.run.facts : SomeSubjectFacts(random);
  if (random.Chance(25)) {
    StageSpec& renamed = target.stages[random.Below(target.stages.size())];
    const StageName old = renamed.name;
    renamed.name = StageName{old.value + "'"};
    migrate.stages = {{old, renamed.name}};
    for (StageSpec& stage : target.stages) {
      if (stage.gate && stage.gate->votes.reset_from == old) {
        stage.gate->votes.reset_from = renamed.name;
      }
    }
  }
  if (random.Chance(5)) migrate.stages.push_back({StageName{"S0"}, StageName{"S1"}});
  return migrate;
}

Command SomeClaim(Random& random, const Situation& at) {
  ClaimGate claim;
  claim.actor = SomePrincipal(random);
  claim.stage = SomeStage(random, at);
  claim.facts = SomeFacts(random, at, claim.stage);
  return claim;
}

Command SomeRelease(Random& random, const Situation& at) {
  ReleaseGate release;
  release.actor = SomePrincipal(random);
  release.stage = SomeStage(random, at);
  const core::Gate* gate = GateOf(at.run, release.stage);
  if (gate != nullptr && !gate->claimed_by.empty() && random.Chance(60)) {
    release.actor = Person(gate->claimed_by.value);
  }
  return release;
}

Command SomeExtension(Random& random, const Situation& at) {
  ExtendDeadline extend;
  extend.actor = SomePrincipal(random);
  extend.stage = SomeStage(random, at);
  extend.deadline = at.installation.now + std::chrono::hours{random.Below(72)};
  return extend;
}

Command SomeOverride(Random& random, const Situation& at) {
  OverrideRule rule;
  rule.actor = SomePrincipal(random);
  rule.kind = static_cast<OverrideKind>(random.Between(1, 3));
  if (at.run.status == RunStatus::kBlocked && random.Chance(60))
    rule.kind = OverrideKind::kCalendar;
  rule.reason = "the site is down";
  rule.is_allowed = random.Chance(95);
  rule.why_not = "no director";
  return rule;
}

Command SomeLook(Random& random, const Situation& at) {
  for (const Hold& hold : at.run.holds) {
    if (!hold.until || !random.Chance(60)) continue;
    at.installation.now = std::max(at.installation.now, *hold.until);
    break;
  }
  return TryStart{};
}

Command SomeLockExpiry(Random& random, const Situation& at) {
  const auto& until = at.run.locks.until;
  if (until && random.Chance(85)) at.installation.now = std::max(at.installation.now, *until);
  return ExpireLocks{};
}

Command SomeStart(Random& random, const Situation& at) {
  if (at.run.attempts.empty()) return StartAttempt{AttemptNumber{1}};
  const auto& attempts = at.run.attempts;
  const Attempt& attempt = random.Chance(90) ? attempts.back() : random.Pick(attempts);
  if (random.Chance(80)) {
    at.installation.now = std::max(at.installation.now, attempt.not_before);
  }
  return StartAttempt{attempt.number};
}

Command SomeAnswer(Random& random, const Situation& at) {
  FinishAttempt answer;
  if (!at.run.attempts.empty()) {
    const auto& attempts = at.run.attempts;
    const Attempt& attempt = random.Chance(90) ? attempts.back() : random.Pick(attempts);
    answer.number = attempt.number;
    answer.fencing_token = attempt.fencing_token - (random.Chance(5) ? 1 : 0);
  }
  const auto dice = random.Below(100);
  answer.end = dice < 50   ? AttemptEnd::kSucceeded
               : dice < 70 ? AttemptEnd::kFailed
               : dice < 80 ? AttemptEnd::kTimedOut
               : dice < 85 ? AttemptEnd::kCancelled
                           : AttemptEnd::kUnknown;
  answer.failure = random.Chance(60) ? FailureClass::kTransient : FailureClass::kPermanent;
  answer.summary = "the executor's words";
  answer.jitter = static_cast<double>(random.Below(1000)) / 1000.0;
  return answer;
}

Command SomeHandOver(Random& random, const Situation& at) {
  HandOver report;
  if (!at.run.attempts.empty()) {
    const Attempt& attempt = at.run.attempts.back();
    report.number = attempt.number;
    report.fencing_token = attempt.fencing_token - (random.Chance(5) ? 1 : 0);
  }
  if (random.Chance(50)) report.handle = "job 7";
  report.summary = "on its way";
  return report;
}

Command SomeStale(Random& random, const Situation& at) {
  const auto newest = static_cast<std::int64_t>(at.run.attempts.size());
  return MarkStale{AttemptNumber{random.Chance(90) ? newest : 1}, "d9"};
}

Command SomeResolution(Random& random, const Situation& at) {
  ResolveIncident resolve;
  resolve.actor = Person("operator");
  resolve.resolution = static_cast<Resolution>(random.Between(1, 3));
  resolve.reason = "looked at it";
  resolve.expected = SomeExpectation(random, at.run);
  return resolve;
}

Command SomeCancel(Random& random, const Situation& at) {
  return CancelRun{SomePrincipal(random), "enough", SomeExpectation(random, at.run)};
}

Command SomeRetry(Random&, const Situation&) {
  return RetryRun{Person("operator"), "once more", {}};
}

Command SomeRollBack(Random& random, const Situation& at) {
  return RollBackRun{SomePrincipal(random), "it is broken", SomeExpectation(random, at.run)};
}

Command SomeIncident(Random&, const Situation&) {
  return RaiseIncident{"plugin_missing", "no plugin offers 'command'"};
}

Command SomeSupersede(Random&, const Situation&) { return SupersedeRun{RunId{99}}; }

struct Weighted {
  std::uint64_t weight;
  Command (*make)(Random&, const Situation&);
};

Command OneOf(Random& random, const Situation& at, const std::vector<Weighted>& choices) {
  std::uint64_t total = 0;
  for (const Weighted& choice : choices) total += choice.weight;
  std::uint64_t dice = random.Below(total);
  for (const Weighted& choice : choices) {
    if (dice < choice.weight) return choice.make(random, at);
    dice -= choice.weight;
  }
  return TryStart{};
}

Command Whatever(Random& random, const Situation& at) {
  static const std::vector<Weighted> kAll = {
      {1, SomeVote},      {1, SomePolicyVote}, {1, SomeMoment},      {1, SomeEligible},
      {1, SomeSubject},   {1, SomeMigration},  {1, SomeClaim},       {1, SomeRelease},
      {1, SomeExtension}, {1, SomeOverride},   {1, SomeLook},        {1, SomeLockExpiry},
      {1, SomeStart},     {1, SomeAnswer},     {1, SomeStale},       {1, SomeResolution},
      {1, SomeCancel},    {1, SomeRetry},      {1, SomeIncident},    {1, SomeSupersede},
      {1, SomeHandOver},  {1, SomeSubmission}, {1, SomeDraftExpiry}, {1, SomeRollBack}};
  return OneOf(random, at, kAll);
}

Command Sensible(Random& random, const Situation& at) {
  static const std::vector<Weighted> kWhileWaiting = {
      {48, SomeVote},     {8, SomePolicyVote}, {8, SomeMoment},     {6, SomeEligible},
      {5, SomeSubject},   {4, SomeMigration},  {2, SomeClaim},      {2, SomeRelease},
      {2, SomeExtension}, {6, SomeOverride},   {3, SomeLockExpiry}, {2, SomeAnswer},
      {2, SomeCancel},    {3, SomeSupersede}};
  static const std::vector<Weighted> kWhileBlocked = {
      {45, SomeLook}, {12, SomeOverride}, {7, SomeSubject}, {7, SomeMigration},
      {8, SomeVote},  {4, SomeAnswer},    {3, SomeCancel},  {2, SomeSupersede}};
  static const std::vector<Weighted> kWhilePlanned = {
      {70, SomeStart}, {6, SomeCancel}, {6, SomeVote}, {4, SomeIncident}, {4, SomeOverride}};
  static const std::vector<Weighted> kWhileStarted = {
      {70, SomeAnswer},  {8, SomeCancel}, {6, SomeVote},    {4, SomeIncident},
      {4, SomeOverride}, {3, SomeStale},  {8, SomeHandOver}};
  static const std::vector<Weighted> kInNeed = {
      {60, SomeResolution}, {15, SomeAnswer}, {8, SomeCancel}, {6, SomeOverride}};
  static const std::vector<Weighted> kWhileDraft = {{60, SomeSubmission},
                                                    {20, SomeSubject},
                                                    {4, SomeCancel},
                                                    {4, SomeDraftExpiry},
                                                    {4, SomeVote}};
  static const std::vector<Weighted> kAfterwards = {
      {40, SomeRetry}, {20, SomeAnswer}, {90, SomeRollBack}};
  static const std::vector<Weighted> kInReview = {
      {45, SomeVote}, {25, SomeEligible}, {20, SomeMoment}, {3, SomeCancel}, {2, SomeOverride}};
  if (at.run.review) return OneOf(random, at, kInReview);
  switch (at.run.status) {
    case RunStatus::kWaiting:
      return OneOf(random, at, kWhileWaiting);
    case RunStatus::kBlocked:
      return OneOf(random, at, kWhileBlocked);
    case RunStatus::kExecuting: {
      const bool is_planned = at.run.OpenAttempt()->state == AttemptState::kPlanned;
      return OneOf(random, at, is_planned ? kWhilePlanned : kWhileStarted);
    }
    case RunStatus::kNeedsAttention:
      return OneOf(random, at, kInNeed);
    case RunStatus::kDraft:
      return OneOf(random, at, kWhileDraft);
    default:
      return OneOf(random, at, kAfterwards);
  }
}

Selector SomeSelector(Random& random) {
  Selector selector;
  if (random.Chance(30)) selector.stage = StageName{"S" + std::to_string(random.Below(4))};
  if (random.Chance(20)) selector.lock_key = random.Chance(50) ? "db" : "web";
  if (random.Chance(10)) selector.workflow = WorkflowName{"another"};
  return selector;
}

std::shared_ptr<const Calendar> RandomCalendar(Random& random, Time start) {
  std::vector<FakeCalendar::Window> windows;
  Time at = start;
  for (int i = 0; i < 12; ++i) {
    const Time opens = at + std::chrono::minutes{random.Below(600)};
    at = opens + std::chrono::minutes{random.Between(30, 600)};
    windows.emplace_back(opens, at);
    at += Duration{std::chrono::minutes{1}};
  }
  return std::make_shared<FakeCalendar>(std::move(windows));
}

}  // namespace

CreateRun RandomCreate(Random& random, const Workflow& workflow, std::int64_t other_runs) {
  CreateRun create;
  create.actor = SomePrincipal(random);
  create.name = "release";
  create.subject_json = R"({"v":1})";
  create.subject_digest = "d1";
  create.skips = SomeSkips(random, workflow);
  create.facts = SomeSubjectFacts(random);
  create.is_draft = random.Chance(12);
  if (random.Chance(10)) {
    create.not_before = *ParseTime("2026-03-02T10:00:00Z") + std::chrono::hours{random.Below(5)};
  }
  if (other_runs > 0 && random.Chance(15)) {
    create.parent =
        RunId{static_cast<std::int64_t>(random.Below(static_cast<std::uint64_t>(other_runs))) + 1};
  }
  return create;
}

Command RandomCommand(Random& random, const Situation& at) {
  at.installation.now += std::chrono::seconds{random.Below(120)};
  at.installation.has_free_worker = random.Chance(85);
  return random.Chance(90) ? Sensible(random, at) : Whatever(random, at);
}

SiteCommand RandomSiteCommand(Random& random, const Installation& installation) {
  const Site& site = installation.site;
  const Principal actor = SomePrincipal(random);
  if (!site.stops.empty() && random.Chance(60)) {
    return LiftStop{actor, random.Chance(30) ? 0 : random.Pick(site.stops).id, "all is well"};
  }
  if (random.Chance(20)) {
    Delegation delegation;
    delegation.from = actor.id;
    delegation.to = SomePerson(random);
    delegation.valid_from = installation.now;
    delegation.valid_until = installation.now + std::chrono::hours{random.Below(48)};
    return AddDelegation{actor, delegation};
  }
  SetStop stop{actor, SomeSelector(random), "enough", std::nullopt};
  if (random.Chance(40)) stop.until = installation.now + std::chrono::minutes{random.Below(90)};
  return stop;
}

void AddRandomCalendars(Random& random, Installation& installation) {
  for (const char* name : {"work", "change"}) {
    if (random.Chance(90)) {
      installation.calendars[name] = RandomCalendar(random, installation.now);
    }
  }
}

}  // namespace gatewright::core::test
