// tests/core/property/world_walk.h: some runs of random workflows, sharing locks, stops, calendars
// and a clock, driven by random commands; and everything that must be true of them together.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/core/apply.h"
#include "engine/core/transitions.h"
#include "tests/core/property/invariants.h"
#include "tests/core/property/random.h"
#include "tests/core/support/installation.h"

namespace gatewright::core::test {

// How often each row of the transition table was taken.
using Taken = std::array<std::uint64_t, kTransitions.size()>;

class WorldWalk {
 public:
  // `is_restarted`: after every step there is nothing but what was read back from the log's JSON.
  WorldWalk(Random& random, Taken& taken, bool is_restarted);

  // The first thing that is wrong, or nothing.
  std::string Go(std::uint64_t steps);

 private:
  struct Entry {
    RunId run;
    Stamp stamp;
    std::vector<Event> events;
  };
  struct Token {
    RunId run{1};
    std::int64_t value = 0;
  };
  struct Member {
    Run run;
    Run replayed;
    const Workflow* workflow = nullptr;
    Timers timers;
  };

  std::string DoSite();
  std::string Do(Member& member, const Command& command);
  std::string BrokenRow(const Member& member, const Command& command, const Accepted& accepted);
  std::string BrokenReplay(Member& member, const Command& command, const Accepted& accepted);
  std::string BrokenTokens(const Accepted& accepted, LockMode mode);
  static LockMode ModeOf(const Member& member) {
    return member.workflow->lock ? member.workflow->lock->mode : LockMode::kFifo;
  }
  void FollowUp(const Accepted& accepted);
  std::string BrokenTable() const;
  std::string BrokenHolders() const;
  std::string BrokenProgress() const;
  RunId RootOf(RunId id) const;
  const Run& RunOf(RunId id) const { return members_[static_cast<std::size_t>(id.value) - 1].run; }
  std::string Say(const Member& member, const Command& command, const Accepted& accepted,
                  const std::string& broken) const;

  Random& random_;
  Taken& taken_;
  bool is_restarted_;
  Installation installation_;
  Site replayed_site_;
  std::deque<Workflow> versions_;
  std::vector<Member> members_;  // run 1 first
  std::vector<Entry> log_;       // of all runs
  std::set<std::int64_t> to_wake_;
  std::vector<std::pair<RunId, RunId>> to_supersede_;  // who goes, and who came
  std::map<std::string, Token> newest_token_;          // by lock
};

}  // namespace gatewright::core::test
