#include "engine/numbers/ledger.h"

#include <algorithm>
#include <variant>

namespace gatewright::numbers {

enum class Phase { kNone = 1, kPeople, kHeld, kMachine };

struct Way {
  Phase phase = Phase::kNone;
  std::uint32_t stage = 0;
  Time since;
  // Of the open gate.
  bool has_vote = false;
  bool has_person = false;
  bool is_overridden = false;
};

RunFacts::RunFacts() : way(std::make_unique<Way>()) {}
RunFacts::RunFacts(RunFacts&&) noexcept = default;
RunFacts& RunFacts::operator=(RunFacts&&) noexcept = default;
RunFacts::~RunFacts() = default;

// One entry of the log: what it changes of one run.
class Ledger::Reader {
 public:
  Reader(Ledger& ledger, RunId run, RunFacts& facts, Time at)
      : ledger_(ledger), run_(run), facts_(facts), at_(at) {}

  void operator()(const core::RunCreated& event) {
    Name(event.workflow, event.facts);
    Submit();
  }
  void operator()(const core::RunDrafted& event) { Name(event.workflow, {}); }
  void operator()(const core::RunSubmitted& event) {
    Name(WorkflowName(ledger_.names_[facts_.workflow]), event.facts);
    Submit();
  }
  void operator()(const core::SubjectChanged& event) {
    Name(WorkflowName(ledger_.names_[facts_.workflow]), event.facts);
  }
  void operator()(const core::GateOpened& event) {
    Go(Phase::kPeople, event.stage);
    had_person_ = way().has_person;
    way().has_vote = way().has_person = way().is_overridden = false;
  }
  void operator()(const core::VotesCarried&) {
    way().has_vote = true;
    way().has_person = had_person_;
  }
  void operator()(const core::VoteCast& event) {
    if (event.is_shadow || way().phase != Phase::kPeople) return;
    if (event.choice != core::Choice::kApprove && event.choice != core::Choice::kReject) return;
    way().has_vote = true;
    if (event.kind == core::PrincipalKind::kPerson) way().has_person = true;
  }
  void operator()(const core::OverrideGranted& event) {
    if (event.kind != core::OverrideKind::kGate) return;
    way().is_overridden = true;
    way().has_person = true;
  }
  void operator()(const core::GateSatisfied& event) {
    // A stage that asks nobody passes its gate too, without a vote.
    if (way().has_vote || way().is_overridden) {
      GateNumbers& gates = At(event.stage).gates;
      ++gates.approved;
      if (!way().has_person) ++gates.approved_by_policy;
      if (way().is_overridden) ++gates.overridden;
    }
    Decided();
    Go(Phase::kHeld, event.stage);
  }
  void operator()(const core::GateRejected& event) {
    ++At(event.stage).gates.rejected;
    Decided();
    Go(Phase::kNone, event.stage);
  }
  void operator()(const core::GateExpired& event) {
    ++At(event.stage).gates.expired;
    Go(Phase::kNone, event.stage);
  }
  void operator()(const core::AttemptStarted& event) {
    facts_.has_acted = true;
    Go(Phase::kMachine, event.stage);
  }
  void operator()(const core::AttemptEnded& event) { Go(Phase::kHeld, event.stage); }
  void operator()(const core::StageDone& event) { Go(Phase::kNone, event.stage); }
  void operator()(const core::IncidentRaised&) {
    Go(Phase::kPeople);
    if (facts_.has_acted) ledger_.Failed(facts_, at_);
  }
  void operator()(const core::IncidentResolved&) { Go(Phase::kHeld); }
  void operator()(const core::ReviewOpened&) { Go(Phase::kPeople); }
  void operator()(const core::RunRetried&) { TakeUp(); }
  void operator()(const core::RollbackStarted&) {
    TakeUp();
    if (facts_.has_acted) ledger_.Failed(facts_, at_);
  }
  void operator()(const core::RunFinished& event) {
    Go(Phase::kNone);
    ledger_.Ended(run_, facts_, at_, event.outcome);
  }
  template <class Other>
  void operator()(const Other&) {}

  // Whether the events to come are of a run that is under way.
  bool knows_way() const { return facts_.way != nullptr; }

 private:
  Way& way() { return *facts_.way; }

  void Name(const WorkflowName& workflow, const core::SubjectFacts& facts) {
    facts_.workflow = ledger_.Know(workflow.value);
    std::string target = workflow.value;
    for (const std::string& key : facts.lock_keys) target += '\n' + key;
    facts_.target = std::hash<std::string>{}(target);
  }

  void Submit() {
    facts_.is_submitted = true;
    facts_.submitted = at_;
  }

  void TakeUp() {
    facts_.ended.reset();
    facts_.way = std::make_unique<Way>();
    way().since = at_;
  }

  StageFacts& At(std::uint32_t stage) {
    const auto found = std::ranges::find(facts_.stages, stage, &StageFacts::stage);
    if (found != facts_.stages.end()) return *found;
    facts_.stages.push_back({.stage = stage});
    return facts_.stages.back();
  }
  StageFacts& At(const StageName& stage) { return At(ledger_.Know(stage.value)); }

  // A gate that only policies voted on has waited for no person.
  void Decided() {
    if (way().phase == Phase::kPeople && way().has_vote && !way().has_person) {
      way().phase = Phase::kMachine;
    }
  }

  void Go(Phase phase) {
    if (way().phase != Phase::kNone) {
      StageFacts& facts = At(way().stage);
      Duration& sum = way().phase == Phase::kPeople ? facts.people
                      : way().phase == Phase::kHeld ? facts.held
                                                    : facts.machine;
      sum += std::max(Duration{}, at_ - way().since);
    }
    way().phase = phase;
    way().since = at_;
  }
  void Go(Phase phase, const StageName& stage) {
    Go(phase);
    way().stage = ledger_.Know(stage.value);
  }

  Ledger& ledger_;
  const RunId run_;
  RunFacts& facts_;
  const Time at_;
  bool had_person_ = false;
};

Ledger::Ledger(std::size_t most) : most_(most) {}
Ledger::~Ledger() = default;

void Ledger::Take(RunId run, Time at, const std::vector<core::Event>& events) {
  RunFacts& facts = runs_[run];
  Reader reader(*this, run, facts, at);
  for (const core::Event& event : events) {
    const bool is_beginning = std::holds_alternative<core::RunRetried>(event) ||
                              std::holds_alternative<core::RollbackStarted>(event);
    if (reader.knows_way() || is_beginning) std::visit(reader, event);
  }
  while (in_order_of_end_.size() > most_) {
    const auto [oldest, ended] = in_order_of_end_.front();
    in_order_of_end_.pop_front();
    const auto found = runs_.find(oldest);
    if (found == runs_.end() || found->second.ended != ended) continue;
    runs_.erase(found);
    known_since_ = ended;
  }
}

std::uint32_t Ledger::Know(const std::string& name) {
  const auto [found, is_new] =
      name_index_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
  if (is_new) names_.push_back(name);
  return found->second;
}

Ledger::Failure* Ledger::Find(std::uint64_t number) {
  return number < first_failure_ ? nullptr : &failures_[number - first_failure_];
}

void Ledger::Failed(RunFacts& facts, Time at) {
  facts.has_failed = true;
  const Failure* known = Find(facts.newest_failure);
  if (known != nullptr && !known->restored) return;
  facts.newest_failure = first_failure_ + failures_.size();
  failures_.push_back({facts.workflow, at, std::nullopt});
  unrestored_[facts.target].push_back(facts.newest_failure);
  if (failures_.size() > 2 * most_) ForgetFailures();
}

// The older half, so that it is not done at every failure.
void Ledger::ForgetFailures() {
  failures_.erase(failures_.begin(), failures_.begin() + static_cast<std::ptrdiff_t>(most_));
  first_failure_ += most_;
  for (auto& [target, numbers] : unrestored_) {
    std::erase_if(numbers, [this](std::uint64_t number) { return number < first_failure_; });
  }
  std::erase_if(unrestored_, [](const auto& target) { return target.second.empty(); });
}

void Ledger::Restored(std::size_t target, Time at) {
  const auto open = unrestored_.find(target);
  if (open == unrestored_.end()) return;
  for (const std::uint64_t number : open->second) {
    if (Failure* failure = Find(number)) failure->restored = at;
  }
  unrestored_.erase(open);
}

void Ledger::Ended(RunId run, RunFacts& facts, Time at, core::RunOutcome outcome) {
  facts.ended = at;
  facts.outcome = outcome;
  facts.way.reset();
  facts.stages.shrink_to_fit();
  in_order_of_end_.emplace_back(run, at);
  if (!facts.has_acted) return;
  if (outcome == core::RunOutcome::kFailed) Failed(facts, at);
  const bool is_good =
      outcome == core::RunOutcome::kSucceeded || outcome == core::RunOutcome::kRolledBack;
  if (is_good) Restored(facts.target, at);
}

}  // namespace gatewright::numbers
