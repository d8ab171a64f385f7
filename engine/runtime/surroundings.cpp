#include "engine/runtime/surroundings.h"

#include <algorithm>
#include <utility>

#include "engine/codec/site_events.h"

namespace gatewright::runtime {

Directory::Directory(std::vector<core::Principal> people, core::PreferencesBook preferences)
    : people_(std::move(people)), preferences_(std::move(preferences)) {
  std::ranges::sort(people_, {}, &core::Principal::id);
}

const core::Principal* Directory::Find(const PrincipalId& id) const {
  const auto found = std::ranges::lower_bound(people_, id, {}, &core::Principal::id);
  return found == people_.end() || found->id != id ? nullptr : &*found;
}

const core::Preferences* Directory::FindPreferences(const PrincipalId& id) const {
  const auto found = preferences_.find(id);
  return found == preferences_.end() ? nullptr : &found->second;
}

Result<void> Surroundings::Load(ports::Store& store) {
  GW_TRY(entries, store.SiteEntries());
  auto loaded = std::make_shared<LoadedSite>();
  for (const ports::Entry& entry : entries) {
    GW_TRY(events, codec::SiteEventsFromJson(entry.events_json));
    core::ApplySiteEntry(loaded->site, events);
    loaded->head_hash = entry.hash;
  }
  SetSite(std::move(loaded));
  return LoadLocks(store);
}

Result<void> Surroundings::LoadLocks(ports::Store& store) {
  GW_TRY(rows, store.Locks());
  GW_TRY(newest, store.NewestTicket());
  core::LockTable table;
  for (ports::LockRow& row : rows) table.Restore(row.key, std::move(row.claim));
  table.RestoreNewestTicket(newest);
  const std::unique_lock lock(locks_mutex_);
  locks_ = std::move(table);
  return {};
}

LoadedSitePtr Surroundings::site() const {
  const std::lock_guard lock(mutex_);
  return site_;
}

std::shared_ptr<const core::Calendars> Surroundings::calendars() const {
  const std::lock_guard lock(mutex_);
  return calendars_;
}

std::shared_ptr<const Directory> Surroundings::directory() const {
  const std::lock_guard lock(mutex_);
  return directory_;
}

void Surroundings::SetSite(LoadedSitePtr site) {
  const std::lock_guard lock(mutex_);
  site_ = std::move(site);
}

void Surroundings::SetCalendars(std::shared_ptr<const core::Calendars> calendars) {
  const std::lock_guard lock(mutex_);
  calendars_ = std::move(calendars);
}

void Surroundings::SetDirectory(std::shared_ptr<const Directory> directory) {
  const std::lock_guard lock(mutex_);
  directory_ = std::move(directory);
}

void Surroundings::ApplyLocks(RunId run, const core::Event& event, Time at) {
  const std::unique_lock lock(locks_mutex_);
  locks_.Apply(run, event, at);
}

Surroundings::View Surroundings::MakeView() const {
  const std::lock_guard lock(mutex_);
  return {site_, calendars_, directory_ != nullptr};
}

}  // namespace gatewright::runtime
