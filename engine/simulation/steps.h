// engine/simulation/steps.h: one step of a script, done to a simulation. Throws Mistake where the
// script itself is wrong. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime/prepare.h"
#include "engine/simulation/args.h"
#include "engine/simulation/people.h"
#include "engine/simulation/simulation.h"

namespace gatewright::simulation {

class Steps {
 public:
  // All of them outlive it. `folder` is where relative paths start.
  Steps(Simulation& simulation, const People& people, runtime::RevisionPtr revision,
        ports::Plugins& plugins, std::string folder, std::string subject_json);

  // What happens in a step: the one key of it that is none of an expectation.
  static bool IsAction(std::string_view key);
  // Such keys, for sentences.
  static std::string ActionNames();

  // Does what the member `action` of a step says, to the run of that name.
  Outcome Do(const std::string& run, const definition::YamlMember& action);

  // The run of that name; none before its `create`.
  std::optional<RunId> Find(const std::string& run) const;

 private:
  Outcome DoOnRun(RunId id, const std::string& action, const definition::Node& node,
                  const std::string& title);
  template <class Prepared>
  Outcome Send(RunId id, Prepared prepared, const std::string& title);

  Outcome Create(const std::string& run, const definition::Node& node, const std::string& title);
  Outcome Subject(RunId id, const definition::Node& node, const std::string& title);
  Outcome Vote(RunId id, const definition::Node& node, const std::string& title);
  Outcome Migrate(RunId id, const definition::Node& node, const std::string& title);
  Outcome Submit(RunId id, const definition::Node& node, const std::string& title);
  Outcome Lint(const definition::Node& node, const std::string& title);
  Outcome Stop(const definition::Node& node, const std::string& title);
  Outcome Delegate(const definition::Node& node, const std::string& title);
  Outcome Calendar(const definition::Node& node, const std::string& title);
  Outcome Locks(RunId id, const definition::Node& node, const std::string& title);
  Outcome Advance(const definition::Node& node);
  std::optional<core::Command> Plain(RunId id, const std::string& action,
                                     const definition::Node& node) const;
  core::Command Policy(RunId id, const definition::Node& node) const;
  core::Command Timer(RunId id, const definition::Node& node) const;
  core::Command Attempt(RunId id, const definition::Node& node) const;
  core::Command Resolve(RunId id, const definition::Node& node) const;
  core::Command Eligible(RunId id, const definition::Node& node) const;
  core::Command Extend(RunId id, const definition::Node& node) const;

  core::Expectation ExpectationIn(RunId id, const Args& args) const;
  std::string DigestOf(RunId id, const std::string& text) const;
  core::Selector SelectorIn(const Args& args) const;
  core::Principal Who(const Args& args, std::string_view otherwise = "") const;
  Epoch EpochIn(RunId id, const Args& args, const StageName& stage) const;

  Simulation& simulation_;
  const People& people_;
  runtime::RevisionPtr revision_;
  ports::Plugins& plugins_;
  std::string folder_;
  std::string subject_json_;
  std::map<std::string, RunId> ids_;
};

// A value as one line of YAML: "{by: ann, choice: reject}".
std::string Flow(const definition::Node& node);

}  // namespace gatewright::simulation
