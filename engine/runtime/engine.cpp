#include "engine/runtime/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/runtime/engine_impl.h"

namespace gatewright::runtime {
namespace {

constexpr std::int64_t kForgetAtOnce = 1'000;
constexpr Duration kForgetEvery = std::chrono::minutes{10};
constexpr Duration kLookAgainEvery = std::chrono::minutes{1};

}  // namespace

Engine::Impl::Impl(ports::Store& store, ports::Plugins& plugins, const ports::Clock& clock,
                   ports::Log& log, EngineOptions options)
    : store_(store),
      plugins_(plugins),
      clock_(clock),
      log_(log),
      options_(options),
      runs_(store, workflows_, options.cached_runs),
      loop_(store, runs_, surroundings_, clock, log,
            {options.queue_limit, options.batch_limit, [this] { return attempts_.free_workers(); }},
            [this](const std::vector<Committed>& committed) { OnCommitted(committed); }),
      followups_(store, surroundings_, loop_, log),
      workers_(options.plugin_workers),
      outputs_(loop_, clock, log, options.output_limit),
      attempts_(loop_, runs_, clock, log, outputs_,
                AttemptCalls(plugins, clock, options.read_secret,
                             [this](RunId run, const core::Attempt& attempt) {
                               return callbacks_.ForAttempt(run, attempt.number,
                                                            attempt.fencing_token);
                             }),
                options.attempt_workers),
      stuck_runs_(store, runs_, attempts_, loop_, log,
                  [this](const ports::AttemptRow& row) { Recover(row); }),
      timers_(store, runs_, loop_, clock, log),
      policies_(store, plugins, runs_, surroundings_, callbacks_, loop_, workers_, clock, log,
                {options.policy_limit, options.approver_limit}),
      notifications_(store, runs_, workflows_, loop_, clock, log, options.notifier_limit),
      housekeeping_(clock, "gw-waiters", [this] { return KeepHouse(); }) {}

Result<void> Engine::Impl::Start(const ParseStored& parse) {
  GW_CHECK(ReadWorkflows(parse));
  GW_CHECK(surroundings_.Load(store_));
  GW_TRY(ticket_secret, store_.Secret(kTicketSecret));
  callbacks_.SetSecret(std::move(ticket_secret));
  GW_TRY(last_run, store_.LastRunId());
  GW_TRY(open_attempts, store_.OpenAttempts());
  loop_.Start(last_run);
  is_running_ = true;
  outputs_.Start();
  for (const ports::AttemptRow& row : open_attempts) Recover(row);
  attempts_.Start();
  timers_.Start();
  policies_.Start();
  GW_CHECK(notifications_.Start());
  // Looks at blocked runs first: a hold may have ended, and a lock may have been given back, while
  // nobody was there to see it.
  housekeeping_.Start();
  return {};
}

void Engine::Impl::Stop(Duration grace) {
  if (!is_running_.exchange(false)) return;
  timers_.Stop();
  policies_.Stop();
  workers_.Stop();
  attempts_.Stop(grace);
  outputs_.Stop();
  notifications_.Stop();
  loop_.Stop();
  housekeeping_.Stop();
  waiters_.Expire(Time::max());
}

Result<void> Engine::Impl::ReadWorkflows(const ParseStored& parse) {
  GW_TRY(rows, store_.Workflows());
  for (ports::WorkflowRow& row : rows) {
    auto workflow = parse(row.source);
    if (!workflow) {
      log_.Error(
          fmt::format("revision {} of workflow '{}' cannot be read, runs pinned to it stand "
                      "still: {}",
                      row.revision, row.name, workflow.error().message));
      continue;
    }
    // What a revision is called must not depend on how this version of the program reads it.
    workflow->version = WorkflowVersion{row.version};
    workflows_.Add(
        MakeRevision(*std::move(workflow), std::move(row), plugins_, options_.read_secret));
  }
  return {};
}

void Engine::Impl::Recover(const ports::AttemptRow& row) {
  const auto loaded = runs_.Load(row.run);
  const auto stored = store_.OutputSize(row.run, row.number);
  if (!loaded || *loaded == nullptr || !stored) {
    log_.Error(
        fmt::format("run {}: attempt {} cannot be recovered", row.run.value, row.number.value));
    return;
  }
  const core::Attempt* attempt = (*loaded)->run.OpenAttempt();
  if (attempt == nullptr || attempt->number != row.number) return;
  if (attempt->state == core::AttemptState::kPlanned) {
    const bool is_due = attempt->not_before <= clock_.Now();  // else its timer starts it
    if (is_due) attempts_.Queue(row.run, row.number);
    return;
  }
  if (!attempt->is_handed_over) {
    log_.Warning(fmt::format("run {}: attempt {} of stage '{}' was running when the engine stopped",
                             row.run.value, row.number.value, row.stage));
  }
  attempts_.Recover(**loaded, row.number, *stored);
}

// The loop's thread, after a commit.
void Engine::Impl::OnCommitted(const std::vector<Committed>& committed) {
  bool has_asks = false;
  std::vector<ports::Entry> entries;
  entries.reserve(committed.size());
  for (const Committed& one : committed) {
    for (const core::Effect& effect : one.effects) {
      if (const auto* call = std::get_if<core::CallExecutor>(&effect)) {
        attempts_.Call(one.run, call->number);
      } else if (const auto* queue = std::get_if<core::QueueAttempt>(&effect)) {
        attempts_.Queue(one.run->run.id, queue->number);
      } else if (const auto* stop = std::get_if<core::StopExecutor>(&effect)) {
        attempts_.Cancel(one.run->run.id, stop->number);
      } else if (const auto* timer = std::get_if<core::SetTimer>(&effect)) {
        timers_.Expect(timer->due);
      } else if (std::holds_alternative<core::AskPolicies>(effect) ||
                 std::holds_alternative<core::ListEligible>(effect)) {
        has_asks = true;
      }
    }
    for (const core::Event& event : one.events) {
      const auto* ended = std::get_if<core::AttemptEnded>(&event);
      if (ended != nullptr) attempts_.Ended(one.run->run.id, ended->number);
    }
    followups_.Take(one);
    if (one.run != nullptr) {
      waiters_.Notify({one.run, &one.run->run});
    } else {
      has_site_changed_ = true;  // a stop may have been lifted
      housekeeping_.Poke();
    }
    entries.push_back(one.entry);
  }
  if (has_asks) policies_.Expect();
  notifications_.Take(committed);
  if (feed_) feed_(entries);
}

std::optional<Time> Engine::Impl::KeepHouse() {
  const Time now = clock_.Now();
  auto next = waiters_.Expire(now);
  // Every minute too: whatever was to wake a run and did not, it is not forgotten.
  if (has_site_changed_.exchange(false) || now >= look_again_at_) {
    look_again_at_ = now + kLookAgainEvery;
    followups_.LookAgain();
    stuck_runs_.Look();
  }
  if (now >= forget_at_) {
    forget_at_ = now + kForgetEvery;
    const auto forgotten = store_.ForgetAnswers(now - options_.answers_kept, kForgetAtOnce);
    const auto old = store_.ForgetDeliveries(now - options_.deliveries_kept,
                                             options_.most_deliveries, kForgetAtOnce);
    if ((forgotten && *forgotten == kForgetAtOnce) || (old && *old == kForgetAtOnce)) {
      forget_at_ = now + std::chrono::seconds{1};
    }
  }
  return std::min({next.value_or(forget_at_), forget_at_, look_again_at_});
}

Engine::Engine(ports::Store& store, ports::Plugins& plugins, const ports::Clock& clock,
               ports::Log& log, EngineOptions options)
    : impl_(std::make_unique<Impl>(store, plugins, clock, log, options)) {}
Engine::~Engine() = default;

void Engine::SetFeedListener(FeedListener listener) { impl_->feed_ = std::move(listener); }
void Engine::SetOutputListener(OutputListener listener) {
  impl_->outputs_.SetListener(std::move(listener));
}
Result<void> Engine::Start(const ParseStored& parse) { return impl_->Start(parse); }
void Engine::Stop(Duration grace) { impl_->Stop(grace); }

void Engine::SetCalendars(core::Calendars calendars) {
  impl_->surroundings_.SetCalendars(std::make_shared<const core::Calendars>(std::move(calendars)));
  impl_->has_site_changed_ = true;
  if (impl_->is_running_) impl_->housekeeping_.Poke();
}

void Engine::SetDirectory(std::vector<core::Principal> people) {
  impl_->surroundings_.SetDirectory(std::make_shared<const Directory>(std::move(people)));
}

}  // namespace gatewright::runtime
