// engine/runtime/surroundings.h: what decisions depend on beyond their own run: the installation's
// stops and delegations, locks, calendars, and the people there are. Stops, delegations and locks
// are changed by the command loop's thread only; anybody may look at any time. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/core/preferences.h"
#include "engine/core/principal.h"
#include "engine/core/world.h"
#include "engine/ports/store.h"

namespace gatewright::runtime {

// The people of an installation without an identity provider. Immutable once given.
class Directory {
 public:
  explicit Directory(std::vector<core::Principal> people, core::PreferencesBook preferences = {});

  const std::vector<core::Principal>& people() const { return people_; }
  // Null when there is nobody of that id.
  const core::Principal* Find(const PrincipalId& id) const;
  // Null when they have none: nobody knows where to reach them.
  const core::Preferences* FindPreferences(const PrincipalId& id) const;

 private:
  std::vector<core::Principal> people_;  // by id
  core::PreferencesBook preferences_;
};

// The installation's own aggregate with the hash of its newest entry.
struct LoadedSite {
  core::Site site;
  std::string head_hash;
};
using LoadedSitePtr = std::shared_ptr<const LoadedSite>;

class Surroundings {
 public:
  // Reads what is stored.
  Result<void> Load(ports::Store& store);
  Result<void> LoadLocks(ports::Store& store);

  LoadedSitePtr site() const;
  std::shared_ptr<const core::Calendars> calendars() const;
  std::shared_ptr<const Directory> directory() const;  // null: nobody knows who there is

  // The loop's thread only.
  void SetSite(LoadedSitePtr site);
  void ApplyLocks(RunId run, const core::Event& event, Time at);
  const core::LockTable& loops_locks() const { return locks_; }

  void SetCalendars(std::shared_ptr<const core::Calendars> calendars);
  void SetDirectory(std::shared_ptr<const Directory> directory);

  // Calls `look` with everything as it is now. `look` must not block.
  template <class Function>
  auto Look(Function&& look) const {
    const View view = MakeView();
    const std::shared_lock lock(locks_mutex_);
    return look(view.World(locks_));
  }

  // What a World points into, kept alive.
  struct View {
    LoadedSitePtr site;
    std::shared_ptr<const core::Calendars> calendars;
    bool has_directory = false;

    core::World World(const core::LockTable& locks) const {
      return {&site->site, &locks, calendars.get(), has_directory, true};
    }
  };
  View MakeView() const;

 private:
  mutable std::mutex mutex_;  // of the pointers
  LoadedSitePtr site_ = std::make_shared<const LoadedSite>();
  std::shared_ptr<const core::Calendars> calendars_ = std::make_shared<const core::Calendars>();
  std::shared_ptr<const Directory> directory_;
  mutable std::shared_mutex locks_mutex_;  // the loop's thread reads its own table without it
  core::LockTable locks_;
};

}  // namespace gatewright::runtime
