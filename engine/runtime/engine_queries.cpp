// Queries: what is committed, as callers see it.
#include <utility>

#include "engine/codec/events.h"
#include "engine/runtime/engine_impl.h"

namespace gatewright::runtime {

void Engine::Impl::WaitFor(RunId run, std::function<bool(const core::Run&)> is_settled,
                           Time deadline,
                           std::function<void(std::shared_ptr<const core::Run>)> answer) {
  waiters_.Add(run, {std::move(is_settled), deadline, std::move(answer), nullptr});
  // It may have settled between the caller's look and the line above.
  if (auto now = GetRun(run); now && *now != nullptr) waiters_.Notify(*now);
  housekeeping_.PokeAt(deadline);
}

Result<std::shared_ptr<const core::Run>> Engine::Impl::GetRun(RunId run) {
  GW_TRY(loaded, runs_.Load(run));
  if (loaded == nullptr) return std::shared_ptr<const core::Run>{};
  return std::shared_ptr<const core::Run>(loaded, &loaded->run);
}

void Engine::WaitFor(RunId run, std::function<bool(const core::Run&)> is_settled, Time deadline,
                     std::function<void(std::shared_ptr<const core::Run>)> answer) {
  impl_->WaitFor(run, std::move(is_settled), deadline, std::move(answer));
}
Result<std::shared_ptr<const core::Run>> Engine::GetRun(RunId run) { return impl_->GetRun(run); }
Result<std::optional<ports::RunRow>> Engine::GetRow(RunId run) {
  if (const auto cached = impl_->runs_.cache().Find(run)) return {codec::RowOf(cached->run)};
  return impl_->store_.GetRow(run);
}
Result<ports::RunPage> Engine::ListRuns(const ports::RunQuery& query) {
  return impl_->store_.ListRuns(query);
}
Result<std::vector<ports::Entry>> Engine::History(RunId run) {
  GW_TRY(history, impl_->store_.LoadRun(run));
  return history ? std::move(history->entries) : std::vector<ports::Entry>{};
}
Result<std::vector<ports::Entry>> Engine::SiteHistory() { return impl_->store_.SiteEntries(); }
Result<std::vector<ports::Entry>> Engine::ReadEntries(Position after, std::int64_t limit) {
  return impl_->store_.ReadEntries(after, limit);
}
Result<Position> Engine::Head() { return impl_->store_.Head(); }
Result<std::string> Engine::ReadOutput(RunId run, AttemptNumber number, std::int64_t offset,
                                       std::int64_t limit) {
  return impl_->store_.ReadOutput(run, number, offset, limit);
}
Result<std::int64_t> Engine::OutputSize(RunId run, AttemptNumber number) {
  return impl_->store_.OutputSize(run, number);
}
Result<ports::StoreHealth> Engine::Health() { return impl_->store_.Health(); }
const Workflows& Engine::workflows() const { return impl_->workflows_; }
const Surroundings& Engine::surroundings() const { return impl_->surroundings_; }
ports::Plugins& Engine::plugins() const { return impl_->plugins_; }
Time Engine::Now() const { return impl_->clock_.Now(); }

EngineStats Engine::stats() const {
  EngineStats stats;
  stats.commands = impl_->loop_.commands();
  stats.commits = impl_->loop_.commits();
  stats.refused_full = impl_->refused_full_;
  stats.queued = impl_->loop_.queued();
  stats.running_attempts = impl_->attempts_.running();
  stats.cached_runs = impl_->runs_.cache().size();
  return stats;
}

}  // namespace gatewright::runtime
