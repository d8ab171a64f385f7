// engine/definition/plugin_use.h: `plugin:` and `with:` of a workflow file, checked against what is
// installed. One thread.
#pragma once

#include "engine/core/workflow.h"
#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"
#include "engine/ports/plugins.h"

namespace gatewright::definition {

// What every part of a workflow may need to look at. Borrowed while a file is read.
struct LoadContext {
  const ports::Plugins& plugins;
  const Node* subject_schema = nullptr;
};

// Reads the keys `plugin` and `with` (a map, absent = {}) of `fields`.
core::PluginUse ReadPluginUse(const Fields& fields, ports::PluginKind kind,
                              const LoadContext& context, const Scope& scope);

// Reads an approver: `{plugin: P, with: {…}}`, or the short form `{P: …}`, which stands for
// `{plugin: P, with: {P: …}}`.
core::PluginUse ReadApprover(const Node& from, const LoadContext& context, const Scope& scope);

}  // namespace gatewright::definition
