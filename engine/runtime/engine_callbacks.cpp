// Callbacks: somebody outside says how an attempt ended, or how a policy votes.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "engine/codec/events.h"
#include "engine/runtime/engine_impl.h"
#include "engine/runtime/policy_answers.h"

namespace gatewright::runtime {
namespace {

// The log says what came too late, but nobody may fill it with that.
constexpr std::size_t kMaxLateAnswers = 10;

// Empty while the attempt may still be answered for.
std::optional<core::Refusal> WhyTooLate(const core::Run& run, const AttemptTicket& ticket) {
  const core::Attempt* attempt = run.FindAttempt(ticket.number);
  if (attempt == nullptr) {
    return core::Refusal{
        core::RefusalCode::kNotFound,
        fmt::format("run {} has no attempt {}", run.id.value, ticket.number.value)};
  }
  if (attempt->state == core::AttemptState::kStarted &&
      attempt->fencing_token == ticket.fencing_token) {
    return std::nullopt;
  }
  const std::string when =
      attempt->ended_at ? fmt::format(" at {}", FormatTime(*attempt->ended_at)) : std::string();
  return core::Refusal{
      core::RefusalCode::kNotPossible,
      fmt::format("attempt {} of run {} ended before, as {}{}: {}", ticket.number.value,
                  run.id.value, ToString(attempt->state), when, attempt->summary)};
}

std::size_t CountLateAnswers(const std::vector<ports::Entry>& entries, AttemptNumber number) {
  std::size_t count = 0;
  for (const ports::Entry& entry : entries) {
    const auto events = codec::EventsFromJson(entry.events_json);
    if (!events) continue;
    for (const core::Event& event : *events) {
      const auto* late = std::get_if<core::LateAnswerRecorded>(&event);
      if (late != nullptr && late->number == number) ++count;
    }
  }
  return count;
}

Reply RefusedReply(core::Refusal refusal) {
  Reply reply;
  reply.kind = ReplyKind::kRefused;
  reply.refusal = std::move(refusal);
  return reply;
}

}  // namespace

void Engine::Impl::AnswerAttempt(AttemptAnswer said, Answer answer) {
  const RunId run = said.ticket.run;
  const auto found = runs_.Load(run);
  if (!found) return answer(FailedReply(found.error()));
  if (*found == nullptr) {
    return answer(RefusedReply({core::RefusalCode::kNotFound, "the run is gone"}));
  }
  auto late = WhyTooLate((*found)->run, said.ticket);
  if (!said.end) {
    if (late) return answer(RefusedReply(*std::move(late)));
    const auto stored = store_.OutputSize(run, said.ticket.number);
    if (!stored) return answer(FailedReply(stored.error()));
    outputs_.Progress(run, said.ticket.number, *stored, said.percent.value_or(-1), said.summary);
    Reply noted;
    noted.kind = ReplyKind::kDone;
    noted.run = {*found, &(*found)->run};
    return answer(std::move(noted));
  }
  if (late) {
    const auto history = store_.LoadRun(run);
    if (!history) return answer(FailedReply(history.error()));
    const bool is_enough =
        *history && CountLateAnswers((*history)->entries, said.ticket.number) >= kMaxLateAnswers;
    if (is_enough || late->code == core::RefusalCode::kNotFound) {
      return answer(RefusedReply(*std::move(late)));
    }
  } else {
    outputs_.Finish(run, said.ticket.number);
  }
  Job job;
  job.run = run;
  core::FinishAttempt end =
      EndOf(*(*found)->run.FindAttempt(said.ticket.number), *said.end, std::move(said.summary));
  end.fencing_token = said.ticket.fencing_token;
  end.failure = said.failure;
  end.outputs_json = std::move(said.outputs_json);
  job.command = std::move(end);
  // The core records what comes too late; whoever sent it hears that it did.
  auto refusal = std::make_shared<std::optional<core::Refusal>>();
  job.complete = [refusal, ticket = said.ticket](const core::Run& now, core::Command&) {
    *refusal = WhyTooLate(now, ticket);
    return std::optional<core::Refusal>();
  };
  Submit(std::move(job), [refusal, answer = std::move(answer)](Reply reply) {
    if (reply.kind == ReplyKind::kDone && *refusal) reply = RefusedReply(**refusal);
    answer(std::move(reply));
  });
}

void Engine::Impl::AnswerPolicy(PolicyAnswer said, Answer answer) {
  Job job;
  job.run = said.ticket.run;
  job.command = core::RecordPolicyVote{};
  job.complete = [this, said = std::move(said)](const core::Run& now, core::Command& command) {
    return ToVote(now, said, clock_.Now(), std::get<core::RecordPolicyVote>(command));
  };
  Submit(std::move(job), std::move(answer));
}

void Engine::SetPublicUrl(std::string url) { impl_->callbacks_.SetBase(std::move(url)); }

std::optional<CallbackTicket> Engine::ReadTicket(std::string_view ticket) const {
  return impl_->callbacks_.Read(ticket);
}

void Engine::AnswerFor(AttemptAnswer said, Answer answer) {
  impl_->AnswerAttempt(std::move(said), std::move(answer));
}

void Engine::AnswerFor(PolicyAnswer said, Answer answer) {
  impl_->AnswerPolicy(std::move(said), std::move(answer));
}

}  // namespace gatewright::runtime
