#include "engine/runtime/prepare.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/codec/cel_values.h"
#include "engine/codec/json.h"
#include "engine/runtime/scope.h"
#include "engine/runtime/subject.h"

namespace gatewright::runtime {
namespace {

Reply Invalid(std::vector<FieldProblem> problems) {
  Reply reply;
  reply.kind = ReplyKind::kInvalid;
  reply.problems = std::move(problems);
  return reply;
}

Reply Failed(Error error) {
  Reply reply;
  reply.kind = ReplyKind::kFailed;
  reply.error = std::move(error);
  return reply;
}

Reply Refused(const LoadedRun& loaded, core::RefusalCode code, std::string detail) {
  Reply reply;
  reply.kind = ReplyKind::kRefused;
  reply.refusal = {code, std::move(detail)};
  reply.run = std::make_shared<const core::Run>(loaded.run);
  return reply;
}

// The gates that say for themselves whether their votes outlive this change. An expression that
// fails says no.
std::vector<StageName> KeptGates(const LoadedRun& loaded, const std::string& new_subject) {
  std::vector<StageName> kept;
  for (const auto& [stage, program] : loaded.revision->keep_if) {
    const auto scope = codec::ParseJson(ScopeJson(loaded.run, stage.value));
    const auto after = codec::ParseJson(new_subject);
    if (!scope || !after) continue;
    const auto& object = scope->get_object();
    cel::Bindings bindings;
    bindings.Set("old", codec::ToCel(object.at("subject")));
    bindings.Set("new", codec::ToCel(*after));
    bindings.Set("run", codec::ToCel(object.at("run")));
    bindings.Set("stage", codec::ToCel(object.at("stage")));
    const auto verdict = program.Evaluate(bindings);
    if (verdict && verdict->Is(cel::Kind::kBool) && verdict->boolean()) kept.push_back(stage);
  }
  return kept;
}

// The form of a vote against what the gate asks for. Withdrawing needs none.
std::vector<FieldProblem> CheckForm(const LoadedRun& loaded, const core::StageSpec& stage,
                                    const VoteRequest& request) {
  std::vector<FieldProblem> problems;
  if (request.choice == core::Choice::kWithdraw) return problems;
  const bool asks = !stage.gate->form_schema_json.empty();
  if (!asks && !request.form_json.empty()) {
    problems.push_back({"/form", fmt::format("gate '{}' has no form", stage.name.value)});
  }
  if (!asks) return problems;
  const auto schema = loaded.revision->forms.find(stage.name);
  if (schema == loaded.revision->forms.end()) {
    problems.push_back({"/form", "the gate's form cannot be used; see the workflow's problems"});
    return problems;
  }
  const std::string& form = request.form_json.empty() ? std::string("{}") : request.form_json;
  for (const auto& problem : schema->second.Validate(form)) {
    problems.push_back({"/form" + problem.pointer, problem.message});
  }
  return problems;
}

// The facts of the actor, or of whom the actor stands in for.
std::optional<Reply> FillFacts(core::CastVote& vote, const LoadedRun& loaded,
                               const core::StageSpec& stage, const PrincipalId& on_behalf_of,
                               const Asking& asking) {
  const bool is_named = !on_behalf_of.empty() && on_behalf_of != vote.actor.id;
  if (!is_named) {
    auto facts = AskApprovers(loaded, stage, vote.actor, asking);
    if (!facts) return Failed(std::move(facts).error());
    vote.facts = *std::move(facts);
    const bool is_done = !vote.facts.rules.empty() || vote.choice == core::Choice::kWithdraw;
    if (is_done || vote.actor.is_everybody) return std::nullopt;
  }
  const auto delegators = DelegatorsFor(loaded, stage.name, vote.actor.id, asking);
  for (const core::Principal& delegator : delegators) {
    if (is_named && delegator.id != on_behalf_of) continue;
    auto facts = AskApprovers(loaded, stage, delegator, asking);
    if (!facts) return Failed(std::move(facts).error());
    if (!is_named && facts->rules.empty()) continue;
    vote.facts = *std::move(facts);
    vote.facts.delegator_groups = delegator.groups;
    vote.on_behalf_of = delegator.id;
    return std::nullopt;
  }
  if (!is_named) return std::nullopt;
  return Refused(loaded, core::RefusalCode::kNotAllowed,
                 fmt::format("{} has no delegation from {} that holds now for gate '{}'",
                             vote.actor.id.value, on_behalf_of.value, stage.name.value));
}

}  // namespace

Prepared<core::CreateRun> PrepareCreate(const CreateRequest& request, const Revision& revision) {
  core::Run draft;  // what `when` and `${…}` may look at before there is a run
  draft.name = request.name;
  draft.workflow = revision.workflow.name;
  draft.requester = request.actor.id;
  auto subject = request.is_draft ? CheckDraft(revision, request.subject_json)
                                  : CheckSubject(revision, draft, request.subject_json);
  if (!subject) return Failed(std::move(subject).error());
  if (!subject->problems.empty()) return Invalid(std::move(subject->problems));
  return core::CreateRun{request.actor,
                         request.name,
                         std::move(subject->json),
                         std::move(subject->digest),
                         std::move(subject->skips),
                         std::move(subject->facts),
                         request.not_before,
                         request.parent,
                         request.resubmit_of,
                         request.is_draft};
}

Prepared<core::ChangeSubject> PrepareSubject(const SubjectRequest& request,
                                             const LoadedRun& loaded) {
  const bool is_draft = loaded.run.is_draft();
  auto subject = is_draft ? CheckDraft(*loaded.revision, request.subject_json)
                          : CheckSubject(*loaded.revision, loaded.run, request.subject_json);
  if (!subject) return Failed(std::move(subject).error());
  if (!subject->problems.empty()) return Invalid(std::move(subject->problems));
  core::ChangeSubject change;
  change.actor = request.actor;
  change.is_draft = is_draft;
  if (!is_draft) change.kept = KeptGates(loaded, subject->json);
  change.subject_json = std::move(subject->json);
  change.subject_digest = std::move(subject->digest);
  change.skips = std::move(subject->skips);
  change.facts = std::move(subject->facts);
  change.reason = request.reason;
  change.expected = request.expected;
  return change;
}

Prepared<core::SubmitRun> PrepareSubmit(const SubmitRequest& request, const LoadedRun& loaded,
                                        const Revision& target) {
  core::SubmitRun submit;
  submit.actor = request.actor;
  submit.target = &target.workflow;
  submit.subject_digest = loaded.run.subject_digest;
  submit.expected = request.expected;
  // `Decide` says that better than a list of what is missing.
  const bool is_theirs = loaded.run.is_draft() &&
                         (request.actor.is_everybody || request.actor.id == loaded.run.requester);
  if (!is_theirs) return submit;
  auto subject = CheckSubject(target, loaded.run, loaded.run.subject_json);
  if (!subject) return Failed(std::move(subject).error());
  if (!subject->problems.empty()) return Invalid(std::move(subject->problems));
  submit.skips = std::move(subject->skips);
  submit.facts = std::move(subject->facts);
  return submit;
}

Prepared<core::MigrateRun> PrepareMigrate(const MigrateRequest& request, const LoadedRun& loaded,
                                          const Revision& target) {
  auto subject = CheckSubject(target, loaded.run, loaded.run.subject_json);
  if (!subject) return Failed(std::move(subject).error());
  if (!subject->problems.empty()) {
    const FieldProblem& first = subject->problems.front();
    return Refused(
        loaded, core::RefusalCode::kNotPossible,
        fmt::format("the subject of run {} is not valid in version {}: {}: {}", loaded.run.id.value,
                    target.workflow.version.value, first.pointer, first.detail));
  }
  core::MigrateRun migrate;
  migrate.actor = request.actor;
  migrate.target = &target.workflow;
  migrate.stages = request.stages;
  migrate.skips = std::move(subject->skips);
  migrate.facts = std::move(subject->facts);
  migrate.expected = request.expected;
  return migrate;
}

Prepared<core::CastVote> PrepareVote(const VoteRequest& request, const LoadedRun& loaded,
                                     const Asking& asking) {
  core::CastVote vote;
  vote.actor = request.actor;
  vote.is_any_stage = !request.stage.has_value();
  vote.stage = request.stage.value_or(loaded.run.current_stage);
  vote.epoch = request.epoch;
  vote.choice = request.choice;
  vote.comment = request.comment;
  vote.expected = request.expected;
  vote.form_json = request.form_json;
  const core::StageSpec* stage = loaded.revision->workflow.FindStage(vote.stage);
  // No such stage, or none open: `Decide` says so, and says it better with the run at hand.
  if (stage == nullptr || !stage->gate || loaded.run.is_draft()) return vote;
  auto problems = CheckForm(loaded, *stage, request);
  if (!problems.empty()) return Invalid(std::move(problems));
  if (auto reply = FillFacts(vote, loaded, *stage, request.on_behalf_of, asking)) {
    return *std::move(reply);
  }
  return vote;
}

Prepared<core::ClaimGate> PrepareClaim(const ClaimRequest& request, const LoadedRun& loaded,
                                       const Asking& asking) {
  core::ClaimGate claim;
  claim.actor = request.actor;
  claim.stage = request.stage.value_or(loaded.run.current_stage);
  claim.epoch = request.epoch;
  claim.expected = request.expected;
  const core::StageSpec* stage = loaded.revision->workflow.FindStage(claim.stage);
  if (stage == nullptr || !stage->gate) return claim;
  auto facts = AskApprovers(loaded, *stage, request.actor, asking);
  if (!facts) return Failed(std::move(facts).error());
  claim.facts = *std::move(facts);
  return claim;
}

Prepared<core::OverrideRule> PrepareOverride(const OverrideRequest& request,
                                             const LoadedRun& loaded, const Asking& asking) {
  auto answer = AskOverriders(loaded, request.actor, asking);
  if (!answer) return Failed(std::move(answer).error());
  return core::OverrideRule{request.actor,       request.kind,   request.reason,
                            answer->is_eligible, answer->reason, request.expected};
}

}  // namespace gatewright::runtime
