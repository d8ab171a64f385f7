#include "engine/runtime/timers.h"

#include <fmt/format.h>

#include <utility>

#include "engine/core/timer_command.h"

namespace gatewright::runtime {
namespace {

constexpr std::int64_t kAtOnce = 100;
// A fired timer whose command is still in the queue shows as due: look again a little later.
constexpr Duration kLookAgain = std::chrono::milliseconds{100};
constexpr Duration kAfterTrouble = std::chrono::seconds{1};

}  // namespace

Timers::Timers(ports::Store& store, Runs& runs, CommandLoop& loop, const ports::Clock& clock,
               ports::Log& log)
    : store_(store),
      runs_(runs),
      loop_(loop),
      clock_(clock),
      log_(log),
      alarm_(clock, "gw-timers", [this] { return FireDue(); }) {}

std::optional<Time> Timers::FireDue() {
  const Time now = clock_.Now();
  const auto due = store_.DueTimers(now, kAtOnce);
  if (!due) {
    log_.Error(fmt::format("timers cannot be read: {}", due.error().message));
    return now + kAfterTrouble;
  }
  for (const ports::TimerRow& timer : *due) Fire(timer);
  if (!due->empty()) return now + kLookAgain;
  auto next = store_.NextTimer();
  if (!next) return now + kAfterTrouble;
  return *next;
}

void Timers::Fire(const ports::TimerRow& timer) {
  const auto loaded = runs_.Load(timer.run);
  if (!loaded) {
    log_.Error(fmt::format("the timer of run {} cannot fire: {}", timer.run.value,
                           loaded.error().message));
    return;
  }
  Job job;
  job.run = timer.run;
  if (*loaded != nullptr) job.command = core::CommandOfTimer((*loaded)->run, timer.kind);
  // The command clears its timer itself; where it is refused, this does. A draft that is edited in
  // this very moment keeps the timer it then gets.
  const bool clears_itself = job.command && timer.kind == core::TimerKind::kDraft;
  if (!clears_itself) job.also.clear_timers.emplace_back(timer.run, timer.kind);
  loop_.Submit(std::move(job), true);
}

}  // namespace gatewright::runtime
