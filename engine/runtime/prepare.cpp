#include "engine/runtime/prepare.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "engine/runtime/scope.h"
#include "engine/runtime/substitute.h"

namespace gatewright::runtime {
namespace {

constexpr std::size_t kMaxReason = 200;

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

// References that this subject cannot answer, found now and not when the action is due.
void CheckReferences(const Revision& revision, const core::Run& run,
                     std::vector<FieldProblem>& problems) {
  for (const core::StageSpec& stage : revision.workflow.stages) {
    if (!stage.action || stage.action->use.with_json.find("${") == std::string::npos) continue;
    const auto substituted =
        Substitute(stage.action->use.with_json, ScopeJson(run, stage.name.value));
    if (!substituted) continue;  // the definition was checked when it was published
    for (const std::string& path : substituted->missing_paths) {
      problems.push_back({"/subject", fmt::format("stage '{}' needs '{}', which this run does not "
                                                  "have (expected a string, number or boolean)",
                                                  stage.name.value, path)});
    }
  }
}

std::vector<core::SkippedStage> SkipsOf(const Revision& revision, const core::Run& run) {
  std::vector<core::SkippedStage> skips;
  for (const core::StageSpec& stage : revision.workflow.stages) {
    const auto when = revision.when.find(stage.name);
    if (when == revision.when.end()) continue;
    const auto problems = when->second.Validate(ScopeJson(run, stage.name.value));
    if (problems.empty()) continue;
    skips.push_back({stage.name, fmt::format("its `when` does not match: {}: {}",
                                             problems.front().pointer, problems.front().message)
                                     .substr(0, kMaxReason)});
  }
  return skips;
}

ports::Context ContextOf(const LoadedRun& loaded, const StageName& stage, const RuleId& rule,
                         Time now) {
  const core::Run& run = loaded.run;
  const core::Stage* found = run.FindStage(stage);
  ports::Context context;
  context.run = run.id;
  context.workflow = run.workflow.value;
  context.stage = stage.value;
  context.rule = rule.value;
  context.epoch = found != nullptr && found->gate ? found->gate->epoch.value : 0;
  context.requester = run.requester.value;
  context.subject_json = run.subject_json;
  context.subject_digest = run.subject_digest;
  context.now = now;
  return context;
}

// Which rules of the gate the actor may fill. An approver that cannot answer is an error only when
// no other one says yes: it could have been the one that lets this person vote.
Result<core::EligibilityFacts> AskApprovers(const LoadedRun& loaded, const core::StageSpec& stage,
                                            const core::Principal& actor, Time now,
                                            Duration limit) {
  core::EligibilityFacts facts;
  facts.stage = stage.name;
  std::string failures;
  const auto leaves = core::Leaves(stage.gate->rules);
  for (const core::Rule* leaf : leaves) {
    const auto approver = loaded.revision->approvers.find({stage.name, leaf->id});
    if (approver == loaded.revision->approvers.end() || approver->second == nullptr) {
      failures += fmt::format("; rule '{}': approver '{}' is not available", leaf->id.value,
                              leaf->from.plugin);
      continue;
    }
    auto answer =
        approver->second->Check(ContextOf(loaded, stage.name, leaf->id, now), actor, limit);
    if (!answer) {
      failures += fmt::format("; rule '{}': {}", leaf->id.value, answer.error().message);
    } else if (answer->is_eligible) {
      facts.rules.push_back(leaf->id);
    } else {
      facts.why_not += fmt::format("{}rule '{}': {}", facts.why_not.empty() ? "" : "; ",
                                   leaf->id.value, answer->reason);
    }
  }
  if (facts.rules.empty() && !failures.empty()) {
    return Error{ErrorCode::kUnavailable, fmt::format("gate '{}' cannot tell whether {} may vote{}",
                                                      stage.name.value, actor.id.value, failures)};
  }
  facts.why_not = fmt::format("{} may not vote on gate '{}': {}", actor.id.value, stage.name.value,
                              facts.why_not);
  return facts;
}

}  // namespace

std::variant<core::CreateRun, Reply> PrepareCreate(const CreateRequest& request,
                                                   const Revision& revision) {
  auto subject = codec::ParseJson(request.subject_json.empty() ? "{}" : request.subject_json);
  if (!subject) return Invalid({{"/subject", subject.error().message}});
  if (!subject->is_object()) return Invalid({{"/subject", "expected an object"}});
  if (!revision.workflow.subject_schema_json.empty() && !revision.subject_schema) {
    return Failed({ErrorCode::kInternal, "the workflow's subject schema cannot be used"});
  }
  std::vector<FieldProblem> problems;
  if (revision.subject_schema) {
    for (const auto& problem : revision.subject_schema->Validate(*subject)) {
      problems.push_back({"/subject" + problem.pointer, problem.message});
    }
  }
  core::Run draft;  // what `when` and `${…}` may look at before there is a run
  draft.name = request.name;
  draft.workflow = revision.workflow.name;
  draft.requester = request.actor.id;
  draft.subject_json = codec::CanonicalJson(*subject);
  if (problems.empty()) CheckReferences(revision, draft, problems);
  if (!problems.empty()) return Invalid(std::move(problems));
  return core::CreateRun{request.actor, request.name, draft.subject_json,
                         codec::Sha256Hex(draft.subject_json), SkipsOf(revision, draft)};
}

std::variant<core::CastVote, Reply> PrepareVote(const VoteRequest& request, const LoadedRun& run,
                                                Time now, Duration limit) {
  core::CastVote vote;
  vote.actor = request.actor;
  vote.is_any_stage = !request.stage.has_value();
  vote.stage = request.stage.value_or(run.run.current_stage);
  vote.epoch = request.epoch;
  vote.choice = request.choice;
  vote.comment = request.comment;
  vote.expected = request.expected;
  const core::StageSpec* stage = run.revision->workflow.FindStage(vote.stage);
  // No such stage, or none open: `Decide` says so, and says it better with the run at hand.
  if (stage == nullptr || !stage->gate) return vote;
  auto facts = AskApprovers(run, *stage, request.actor, now, limit);
  if (!facts) return Failed(std::move(facts).error());
  vote.facts = *std::move(facts);
  return vote;
}

}  // namespace gatewright::runtime
