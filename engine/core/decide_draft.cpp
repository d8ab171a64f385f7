#include "engine/core/decide_draft.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <utility>

#include "engine/base/assert.h"
#include "engine/core/transitions.h"

namespace gatewright::core {
namespace {

// Others may read a draft and cancel it, as they may any run; its words are its requester's.
std::optional<Refusal> NotTheirs(const Run& run, const Principal& actor, std::string_view what) {
  if (IsRequester(run, actor)) return std::nullopt;
  return Refusal{RefusalCode::kNotAllowed,
                 fmt::format("run {} is a draft of {}: only its requester may {} it, and {} is not",
                             run.id.value, run.requester.value, what, actor.id.value)};
}

}  // namespace

bool IsRequester(const Run& run, const Principal& actor) {
  return actor.is_everybody || actor.id == run.requester;
}

Refusal NotOnDraft(const Run& run, std::string_view what) {
  return {RefusalCode::kNotPossible,
          fmt::format("run {} is a draft: '{}' is not possible before {} submits it; allowed now: "
                      "{}",
                      run.id.value, what, run.requester.value,
                      fmt::join(AllowedActions(run.status), ", "))};
}

Decision DecideDraft(const Case& at, const CreateRun& command) {
  Stepper step = at.Step(command.actor.id);
  const Time expires_at = at.now + at.workflow.draft_ttl;
  step.Emit(RunDrafted{at.workflow.name, at.workflow.version, command.name, command.actor.id,
                       command.actor.is_everybody, command.subject_json, command.subject_digest,
                       command.not_before, command.parent, command.resubmit_of, expires_at});
  step.Request(SetTimer{TimerKind::kDraft, expires_at});
  return std::move(step).Take();
}

Decision DecideEdit(const Case& at, const ChangeSubject& command) {
  const Run& run = at.run;
  if (auto refusal = NotTheirs(run, command.actor, "edit")) return *std::move(refusal);
  if (command.subject_digest == run.subject_digest) return Accepted{{}, {}, run};
  Stepper step = at.Step(command.actor.id);
  const Time expires_at = at.now + at.workflow.draft_ttl;
  step.Emit(DraftEdited{command.subject_json, command.subject_digest, command.reason, expires_at});
  step.Request(SetTimer{TimerKind::kDraft, expires_at});
  return std::move(step).Take();
}

Decision DecideSubmit(const Case& at, const SubmitRun& command) {
  const Run& run = at.run;
  if (auto refusal = NotTheirs(run, command.actor, "submit")) return *std::move(refusal);
  if (command.target == nullptr || command.subject_digest != run.subject_digest) {
    return Refusal{RefusalCode::kPrepareAgain, "the draft was edited meanwhile"};
  }
  const Workflow& target = *command.target;
  GW_ASSERT(target.name == run.workflow);
  Stepper step = at.Step(command.actor.id);
  step.Request(ClearTimer{TimerKind::kDraft});
  step.Emit(RunSubmitted{target.version, command.subject_digest, target.initial_state,
                         command.skips, command.facts, command.actor.groups});
  step.Follow(target);
  step.EnterStage(0);
  return std::move(step).Take();
}

Decision DecideExpireDraft(const Case& at, const ExpireDraft& command) {
  const Run& run = at.run;
  // It was edited while the timer was on its way.
  if (run.draft_expires_at && at.now < *run.draft_expires_at) {
    return Refusal{RefusalCode::kNotPossible, "the draft's time has not come yet"};
  }
  Stepper step = at.Step(ActorOf(command));
  step.FinishRun(RunOutcome::kExpired, "expired", "the draft was not submitted in time");
  return std::move(step).Take();
}

}  // namespace gatewright::core
