#include "engine/runtime/policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "engine/codec/json.h"
#include "engine/runtime/eligibility.h"
#include "engine/runtime/policy_answers.h"
#include "engine/runtime/policy_facts.h"

namespace gatewright::runtime {
namespace {

constexpr std::int64_t kAtOnce = 100;
constexpr Duration kAfterTrouble = std::chrono::seconds{1};
constexpr Duration kShortestWait = std::chrono::milliseconds{100};
// However long a policy waits: somebody may answer in its place, or the gate be decided.
constexpr Duration kLongestSleep = std::chrono::hours{1};
constexpr std::size_t kMaxReason = 4'096;

struct Question {
  StageName stage;
  Epoch epoch;
  std::string policy;          // empty: who is eligible
  std::optional<Time> ask_at;  // not before
};

const std::vector<ports::OutboxKind> kKinds = {ports::OutboxKind::kAskPolicies,
                                               ports::OutboxKind::kListEligible};

std::optional<Question> QuestionOf(const std::string& body_json) {
  const auto body = codec::ParseJson(body_json);
  if (!body || !body->is_object()) return std::nullopt;
  const auto& object = body->get_object();
  const auto* stage = object.if_contains("stage");
  const auto* epoch = object.if_contains("epoch");
  const auto* policy = object.if_contains("policy");
  if (stage == nullptr || epoch == nullptr) return std::nullopt;
  const auto* ask_at = object.if_contains("ask_at");
  return Question{StageName{std::string(stage->as_string())}, Epoch{epoch->as_int64()},
                  policy == nullptr ? std::string() : std::string(policy->as_string()),
                  ask_at == nullptr ? std::nullopt : ParseTime(ask_at->as_string())};
}

std::string WithAskAt(const std::string& body_json, Time ask_at) {
  auto body = *codec::ParseJson(body_json);
  body.as_object()["ask_at"] = FormatTime(ask_at);
  return codec::ToJson(body);
}

bool IsStillOpen(const core::Run& run, const Question& question) {
  const core::Stage* stage = run.FindStage(question.stage);
  return stage != nullptr && stage->gate && stage->gate->is_open() &&
         stage->gate->epoch == question.epoch && run.current_stage == question.stage;
}

core::Choice ChoiceOf(ports::PolicyChoice choice) {
  switch (choice) {
    case ports::PolicyChoice::kApprove:
      return core::Choice::kApprove;
    case ports::PolicyChoice::kReject:
      return core::Choice::kReject;
    case ports::PolicyChoice::kAbstain:
    case ports::PolicyChoice::kWait:
      break;
  }
  return core::Choice::kAbstain;
}

bool WantsFacts(const core::Workflow& workflow, const StageName& stage, const std::string& policy,
                const ports::Plugins& plugins, Time began) {
  const core::StageSpec* spec = workflow.FindStage(stage);
  if (spec == nullptr || !spec->gate) return false;
  const auto voter = std::ranges::find(spec->gate->auto_voters, policy, &core::AutoVoter::id);
  if (voter == spec->gate->auto_voters.end()) return false;
  const ports::Offer* offer = plugins.FindAt(ports::PluginKind::kPolicy, voter->use.plugin, began);
  return offer != nullptr && offer->wants_facts;
}

}  // namespace

Policies::Policies(ports::Store& store, const ports::Plugins& plugins, Runs& runs,
                   const Surroundings& surroundings, const Callbacks& callbacks, CommandLoop& loop,
                   WorkerPool& workers, const ports::Clock& clock, ports::Log& log, Limits limits)
    : store_(store),
      plugins_(plugins),
      runs_(runs),
      surroundings_(surroundings),
      callbacks_(callbacks),
      loop_(loop),
      workers_(workers),
      clock_(clock),
      log_(log),
      limits_(limits),
      alarm_(clock, "gw-policies", [this] { return AskDue(); }) {}

std::optional<Time> Policies::AskDue() {
  const Time now = clock_.Now();
  auto due = store_.DueOutbox(kKinds, now, kAtOnce);
  if (!due) {
    log_.Error(fmt::format("the outbox cannot be read: {}", due.error().message));
    return now + kAfterTrouble;
  }
  for (ports::OutboxRow& row : *due) {
    {
      const std::lock_guard lock(mutex_);
      if (!in_hand_.insert(row.id).second) continue;
    }
    workers_.Post([this, row = std::move(row)] { Ask(row); });
  }
  if (!due->empty()) return now + kAfterTrouble;
  const auto next = store_.NextOutbox(kKinds);
  return next ? *next : now + kAfterTrouble;
}

void Policies::Ask(const ports::OutboxRow& row) {
  const auto question = QuestionOf(row.body_json);
  const auto loaded = runs_.Load(row.run);
  if (!loaded) return Submit(row, std::nullopt, clock_.Now() + kAfterTrouble);
  if (!question || *loaded == nullptr || !IsStillOpen((*loaded)->run, *question)) {
    return Submit(row, std::nullopt, std::nullopt);
  }
  if (row.kind == ports::OutboxKind::kListEligible) {
    return ListPeople(row, **loaded, question->stage, question->epoch);
  }
  const PolicyTicket who{row.run, question->stage, question->epoch, question->policy};
  if (FindAnswer((*loaded)->run, who) != nullptr) return Submit(row, std::nullopt, std::nullopt);
  if (question->ask_at && clock_.Now() < *question->ask_at) {
    return Submit(row, std::nullopt, *question->ask_at);
  }
  const auto verdict = Evaluate(**loaded, question->stage, question->policy);
  if (verdict && verdict->choice == ports::PolicyChoice::kWait) {
    const Time again = clock_.Now() + std::max(kShortestWait, verdict->ask_again_after);
    ports::OutboxRow waiting = row;
    waiting.body_json = WithAskAt(row.body_json, again);
    return Submit(waiting, std::nullopt, again);
  }
  core::RecordPolicyVote vote;
  vote.auto_voter = question->policy;
  vote.stage = question->stage;
  vote.epoch = question->epoch;
  if (verdict) {
    vote.choice = ChoiceOf(verdict->choice);
    vote.reason = verdict->reason.substr(0, kMaxReason);
    const auto evidence = codec::ParseJson(verdict->evidence_json);
    if (evidence) vote.evidence_json = codec::CanonicalJson(*evidence);
  } else {
    vote.reason = fmt::format("abstained, because it failed: {}", verdict.error().message);
  }
  Submit(row, std::move(vote), std::nullopt);
}

Result<ports::PolicyVerdict> Policies::Evaluate(const LoadedRun& loaded, const StageName& stage,
                                                const std::string& policy) {
  const auto found = loaded.revision->policies.find({stage, policy});
  if (found == loaded.revision->policies.end() || found->second == nullptr) {
    return Error{ErrorCode::kUnavailable, "its plugin is not available"};
  }
  const core::Run& run = loaded.run;
  const core::Stage& asked = *run.FindStage(stage);
  ports::Context context;
  context.run = run.id;
  context.workflow = run.workflow.value;
  context.stage = stage.value;
  context.epoch = asked.gate->epoch.value;
  context.requester = run.requester.value;
  context.subject_json = run.subject_json;
  context.subject_digest = run.subject_digest;
  context.now = clock_.Now();
  context.began = asked.gate->opened_at;
  const std::string callback_url = callbacks_.ForPolicy(run.id, stage, asked.gate->epoch, policy);
  context.callback_url = callback_url;
  std::string facts;
  if (WantsFacts(loaded.revision->workflow, stage, policy, plugins_, context.began)) {
    GW_TRY(gathered, GatherFacts(run, asked, *surroundings_.calendars(), context.now, store_));
    facts = std::move(gathered);
    context.facts_json = facts;
  }
  return found->second->Evaluate(context, limits_.policy);
}

void Policies::ListPeople(const ports::OutboxRow& row, const LoadedRun& loaded,
                          const StageName& stage, Epoch epoch) {
  const auto directory = surroundings_.directory();
  if (directory == nullptr) return Submit(row, std::nullopt, std::nullopt);
  const Asking asking{clock_.Now(), limits_.approver, surroundings_.site(), directory};
  core::RecordEligible people{stage, epoch, {}};
  people.rules =
      runtime::ListPeople(loaded, *loaded.revision->workflow.FindStage(stage), *directory, asking);
  Submit(row, std::move(people), std::nullopt);
}

// Drops the ask, or asks again at `again`; with the answer in the same transaction.
void Policies::Submit(const ports::OutboxRow& row, std::optional<core::Command> command,
                      std::optional<Time> again) {
  Job job;
  job.run = row.run;
  if (command) job.command = *std::move(command);
  // Meanwhile somebody outside may have answered in its place: the first answer counts.
  job.complete = [](const core::Run& run, core::Command& decided) -> std::optional<core::Refusal> {
    const auto* vote = std::get_if<core::RecordPolicyVote>(&decided);
    if (vote == nullptr) return std::nullopt;
    return WhyAnswered(run, {run.id, vote->stage, vote->epoch, vote->auto_voter});
  };
  if (again) {
    again = std::min(*again, clock_.Now() + kLongestSleep);
    ports::OutboxRow later = row;
    later.due = *again;
    ++later.tries;
    job.also.put_outbox.push_back(std::move(later));
  } else {
    job.also.drop_outbox.push_back(row.id);
  }
  const auto let_go = [this, id = row.id, again] {
    {
      const std::lock_guard lock(mutex_);
      in_hand_.erase(id);
    }
    if (again) alarm_.PokeAt(*again);
  };
  job.answer = [let_go](const Reply&) { let_go(); };
  if (!loop_.Submit(std::move(job), true)) let_go();
}

}  // namespace gatewright::runtime
