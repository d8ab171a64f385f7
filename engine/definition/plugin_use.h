// engine/definition/plugin_use.h: `plugin:` and `with:` of a workflow file, checked against what is
// installed. One thread.
#pragma once

#include "engine/core/workflow.h"
#include "engine/definition/context.h"
#include "engine/definition/references.h"
#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

// Reads the keys `plugin` and `with` (a map, absent = {}) of `fields`. Executors refer to the run.
core::PluginUse ReadPluginUse(const Fields& fields, ports::PluginKind kind,
                              const LoadContext& context, const Scope& scope,
                              ReferenceUse use = ReferenceUse::kNotHere);

// Reads an approver: `{plugin: P, with: {…}}`, or the short form `{P: …}`, which stands for
// `{plugin: P, with: {P: …}}`.
core::PluginUse ReadApprover(const Node& from, const LoadContext& context, const Scope& scope);

}  // namespace gatewright::definition
