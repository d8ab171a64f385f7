// Queries: what is committed, as callers see it.
#include <algorithm>
#include <utility>

#include "engine/codec/events.h"
#include "engine/runtime/engine_impl.h"

namespace gatewright::runtime {
namespace {

constexpr std::int64_t kInboxLooksAt = 500;  // runs per call
constexpr std::int64_t kImpactLooksAt = 1'000;

}  // namespace

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

core::Viewer Engine::Impl::MakeViewer(const LoadedRun& loaded,
                                      const core::Principal& principal) const {
  core::Viewer viewer;
  viewer.principal = principal;
  const Asking asking = MakeAsking();
  if (loaded.revision->workflow.overriding) {
    const auto answer = AskOverriders(loaded, principal, asking);
    viewer.may_override = answer && answer->is_eligible;
  }
  const core::StageSpec* stage = loaded.revision->workflow.FindStage(loaded.run.current_stage);
  if (stage == nullptr || !stage->gate) return viewer;
  auto own = AskApprovers(loaded, *stage, principal, asking);
  if (own) {
    viewer.facts = *std::move(own);
  } else {
    // Everything else about the run can still be explained.
    viewer.facts.stage = stage->name;
    viewer.facts.why_not = own.error().message;
  }
  for (const core::Principal& delegator :
       DelegatorsFor(loaded, stage->name, principal.id, asking)) {
    auto facts = AskApprovers(loaded, *stage, delegator, asking);
    if (!facts) continue;
    facts->delegator_groups = delegator.groups;
    viewer.delegations.push_back({delegator.id, {}, *std::move(facts)});
  }
  return viewer;
}

Result<InboxPage> Engine::Impl::Inbox(const core::Principal& principal, RunId after,
                                      std::int64_t limit) {
  ports::RunQuery query;
  query.statuses = {core::RunStatus::kWaiting, core::RunStatus::kDraft};
  query.is_oldest_first = true;
  query.after = after;
  query.limit = kInboxLooksAt;
  GW_TRY(page, store_.ListRuns(query));
  InboxPage inbox;
  inbox.next_after = page.next_before;
  for (const ports::RunRow& row : page.rows) {
    if (static_cast<std::int64_t>(inbox.items.size()) == limit) break;
    inbox.next_after = row.id;
    const bool is_others_draft = row.status == core::RunStatus::kDraft && !principal.is_everybody &&
                                 row.requester != principal.id.value;
    if (is_others_draft) continue;
    const auto loaded = runs_.Load(row.id);
    if (!loaded || *loaded == nullptr) continue;  // shown where it is asked for by itself
    const core::Viewer viewer = MakeViewer(**loaded, principal);
    const core::Run& run = (*loaded)->run;
    const core::Workflow& workflow = (*loaded)->revision->workflow;
    const Time now = clock_.Now();
    auto explanation = surroundings_.Look([&](const core::World& world) {
      std::optional<core::Explanation> made;
      if (core::CanDecideNow(run, workflow, now, world, viewer)) {
        made = core::Explain(run, workflow, now, world, viewer);
      }
      return made;
    });
    if (explanation) inbox.items.push_back({{*loaded, &run}, *std::move(explanation)});
  }
  const bool was_last = page.rows.empty() || inbox.next_after == page.rows.back().id;
  if (was_last && page.next_before.value == 0) inbox.next_after = RunId{0};
  std::ranges::stable_sort(inbox.items, [](const InboxItem& a, const InboxItem& b) {
    const auto due = [](const InboxItem& item) {
      return item.explanation.gate ? item.explanation.gate->deadline.value_or(Time::max())
                                   : Time::max();
    };
    return due(a) < due(b);
  });
  return inbox;
}

Result<std::optional<core::Explanation>> Engine::Explain(RunId run, const core::Principal& viewer) {
  GW_TRY(loaded, impl_->runs_.Load(run));
  if (loaded == nullptr) return std::optional<core::Explanation>{};
  const core::Viewer facts = impl_->MakeViewer(*loaded, viewer);
  const Time now = impl_->clock_.Now();
  return impl_->surroundings_.Look([&](const core::World& world) {
    return std::optional(core::Explain(loaded->run, loaded->revision->workflow, now, world, facts));
  });
}

Result<InboxPage> Engine::Inbox(const core::Principal& viewer, RunId after, std::int64_t limit) {
  return impl_->Inbox(viewer, after, limit);
}

Result<core::Impact> Engine::ImpactOf(const core::Workflow& workflow) {
  core::Impact impact;
  const RevisionPtr current = impl_->workflows_.Current(workflow.name);
  impact.is_new = current == nullptr;
  impact.is_same = current != nullptr && current->workflow.version == workflow.version;
  ports::RunQuery query;
  query.workflow = workflow.name.value;
  query.statuses = {core::RunStatus::kWaiting, core::RunStatus::kBlocked};
  query.limit = kImpactLooksAt;
  GW_TRY(page, impl_->store_.ListRuns(query));
  impact.is_complete = page.next_before.value == 0;
  for (const ports::RunRow& row : page.rows) {
    GW_TRY(loaded, impl_->runs_.Load(row.id));
    if (loaded == nullptr) continue;
    ++impact.open_runs;
    auto notes = core::ImpactOn(loaded->run, loaded->revision->workflow, workflow);
    if (notes.empty()) continue;
    impact.affected.push_back({row.id, row.name, loaded->run.current_stage, std::move(notes)});
  }
  return impact;
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
OutputState Engine::StateOfOutput(RunId run, AttemptNumber number) const {
  return impl_->outputs_.StateOf(run, number);
}
std::vector<AttemptProgress> Engine::ProgressOf(RunId run) const {
  return impl_->outputs_.ProgressOf(run);
}
Result<std::vector<ports::DeliveryRow>> Engine::ListDeliveries(const ports::DeliveryQuery& query) {
  return impl_->notifications_.deliveries().List(query);
}
Result<std::optional<ports::DeliveryRow>> Engine::FindDelivery(std::int64_t id) {
  return impl_->notifications_.deliveries().Find(id);
}
Result<std::optional<ports::DeliveryRow>> Engine::ReplayDelivery(std::int64_t id) {
  return impl_->notifications_.deliveries().Replay(id);
}
Result<std::string> Engine::CredentialDigest(std::string_view id) {
  return impl_->store_.CredentialDigest(id);
}
Result<ports::StoreHealth> Engine::Health() { return impl_->store_.Health(); }
const Workflows& Engine::workflows() const { return impl_->workflows_; }
const Surroundings& Engine::surroundings() const { return impl_->surroundings_; }
ports::Plugins& Engine::plugins() const { return impl_->plugins_; }
Time Engine::Now() const { return impl_->clock_.Now(); }

std::vector<DeliveryCount> Engine::delivery_counts() const {
  return impl_->notifications_.deliveries().Counts();
}
Result<ports::PendingDeliveries> Engine::PendingDeliveries() const {
  return impl_->store_.CountPendingDeliveries();
}

EngineStats Engine::stats() const {
  EngineStats stats;
  stats.commands = impl_->loop_.commands();
  stats.commits = impl_->loop_.commits();
  stats.refused_full = impl_->refused_full_;
  stats.queued = impl_->loop_.queued();
  stats.running_attempts = impl_->attempts_.running();
  stats.waiting_attempts = impl_->attempts_.waiting();
  stats.outside_attempts = impl_->attempts_.outside();
  stats.cached_runs = impl_->runs_.cache().size();
  return stats;
}

}  // namespace gatewright::runtime
