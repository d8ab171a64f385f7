// engine/simulation/simulation.h: runs of workflows on a clock that only the caller moves. What is
// decided, is decided by the core; facts are gathered as the engine gathers them. Nothing is
// stored, no action is made and nobody is told. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/core/apply.h"
#include "engine/core/decide.h"
#include "engine/core/locks.h"
#include "engine/core/site.h"
#include "engine/runtime/eligibility.h"
#include "engine/runtime/run_cache.h"
#include "engine/runtime/workflows.h"

namespace gatewright::simulation {

// One accepted command that changed something.
struct LogEntry {
  core::Stamp stamp;
  std::vector<core::Event> events;
};

struct SimulatedRun {
  std::string name;  // in the script
  runtime::RevisionPtr revision;
  core::Run run;
  core::Run replayed;  // from its events alone; always equal to `run`
  std::vector<LogEntry> log;
  std::vector<std::string> digests;  // of its subjects so far, in order
};

// What became of a command.
struct Outcome {
  std::string code = "accepted";  // or the refusal's code, "invalid", "failed"
  std::string detail;             // of what is not accepted
  std::vector<core::Event> events;
  std::vector<core::SiteEvent> site_events;

  bool is_accepted() const { return code == "accepted"; }
};

// A command and what it did. `run` is empty where it is about the installation.
struct Moment {
  Time at;
  std::string run;
  std::string title;         // "vote: {by: ann}"
  bool is_followup = false;  // made by the engine, not by the script
  Outcome outcome;
  std::string state;  // of the run, afterwards
  std::string status;
  std::string waits_for;  // one sentence
};

class Simulation {
 public:
  struct Options {
    Time start;
    // Timers fire when the clock passes them, and what one run does to others follows at once.
    bool is_automatic = true;
    // Actions succeed at once, instead of waiting for the script to say how they end.
    bool is_acting = false;
    std::shared_ptr<const runtime::Directory> directory;  // may be null
    core::Calendars calendars;
  };
  using Listener = std::function<void(const Moment&)>;

  // `listener` gets every command, in order; may be empty.
  Simulation(Options options, Listener listener);

  Time now() const { return now_; }
  const core::LockTable& locks() const { return locks_; }
  const core::Site& site() const { return site_; }
  core::World world() const;

  // A run that is not created yet. Its number is the next one.
  RunId Add(const std::string& name, runtime::RevisionPtr revision);
  std::vector<RunId> Runs() const;
  SimulatedRun& Get(RunId id) { return runs_.at(id); }
  const SimulatedRun& Get(RunId id) const { return runs_.at(id); }

  // The run as the engine's preparing functions want it, and what they may know.
  runtime::LoadedRun Loaded(RunId id) const;
  runtime::Asking Asking() const;

  // `title` is for the listener. Followed by what follows from it, when automatic.
  Outcome Do(RunId id, const core::Command& command, const std::string& title);
  Outcome Do(const core::SiteCommand& command, const std::string& title);
  // What a MigrateRun or SubmitRun that follows leads to.
  void ExpectMigration(runtime::RevisionPtr target) { target_ = std::move(target); }
  // Tells the listener of what did not come to a command.
  Outcome Tell(RunId id, Outcome outcome, const std::string& title);

  // Moves the clock; fires what is due on the way, when automatic. The events of all that.
  std::vector<core::Event> Advance(Duration duration);
  // The next moment at which something is due; none: nothing.
  std::optional<Time> NextMoment() const;

  // Somebody who is no run here takes these keys, or gives them back.
  void HoldElsewhere(const std::vector<std::string>& keys, bool is_held);
  void SetCalendar(const std::string& name, bool is_open);

 private:
  using TimerKey = std::pair<RunId, core::TimerKind>;
  // A policy that asked to be asked again.
  struct Question {
    StageName stage;
    Epoch epoch{1};
    std::string policy;
    Time due;
  };

  Outcome DoOne(RunId id, const core::Command& command, const std::string& title, bool is_followup);
  void TakeEffect(RunId id, const core::Effect& effect);
  void Follow(RunId id, const core::Command& command, std::string title);
  void Settle();
  void TryBlocked();
  void ListPeople(RunId id, const core::ListEligible& effect);
  void AskPolicies(RunId id, const core::AskPolicies& effect);
  void AskPolicy(RunId id, const StageName& stage, Epoch epoch, const std::string& policy);
  bool FireNext(Time until);
  void Report(RunId id, const std::string& title, bool is_followup, const Outcome& outcome);

  struct Followup {
    RunId run;
    core::Command command;
    std::string title;
  };

  Options options_;
  Listener listener_;
  Time now_;
  core::Site site_;
  core::LockTable locks_;
  core::Calendars calendars_;
  std::map<RunId, SimulatedRun> runs_;
  std::map<TimerKey, Time> timers_;
  std::vector<std::pair<RunId, Question>> questions_;
  std::vector<Followup> followups_;
  runtime::RevisionPtr target_;
  std::vector<core::Event> followed_;  // events since the last command of the script
};

}  // namespace gatewright::simulation
