// engine/simulation/script_workflow.h: the workflow and the calendars a script names or holds.
// Throws Mistake. One thread.
#pragma once

#include <string>
#include <vector>

#include "engine/core/world.h"
#include "engine/definition/diagnostic.h"
#include "engine/definition/yaml.h"
#include "engine/ports/plugins.h"
#include "engine/runtime/workflows.h"

namespace gatewright::simulation {

// The `spec` of a workflow, where a stage whose doneState does not matter may leave it out, or the
// path of a file: from `folder`, or else from where the program was started.
runtime::RevisionPtr ReadWorkflow(const definition::Node& node, const std::string& folder,
                                  ports::Plugins& plugins);

// One that was read and checked elsewhere. Nobody is told of what is played with it.
runtime::RevisionPtr MakePlayable(core::Workflow workflow, ports::Plugins& plugins);

// A file with one workflow. An Error with every mistake of the file.
Result<runtime::RevisionPtr> OpenWorkflow(const std::string& path, ports::Plugins& plugins);

// What is wrong with a workflow that is written as for ReadWorkflow; empty: nothing.
std::vector<definition::Diagnostic> LintWorkflow(const definition::Node& node,
                                                 const std::string& folder,
                                                 ports::Plugins& plugins);

// {name: spec}, or the path of a file or folder of calendars.
core::Calendars ReadCalendars(const definition::Node& node, const std::string& folder);

}  // namespace gatewright::simulation
