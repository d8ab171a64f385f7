#include "engine/definition/plugin_use.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/base/edit_distance.h"
#include "engine/definition/references.h"
#include "engine/definition/yaml_json.h"

namespace gatewright::definition {
namespace {

using ports::PluginKind;

std::string_view WithArticle(PluginKind kind) {
  switch (kind) {
    case PluginKind::kApprover:
      return "an approver";
    case PluginKind::kPolicy:
      return "a policy";
    case PluginKind::kExecutor:
      return "an executor";
    case PluginKind::kNotifier:
      return "a notifier";
  }
  return "a plugin";
}

void ReportUnknown(Mark mark, PluginKind kind, const std::string& name, const LoadContext& context,
                   const Scope& scope) {
  for (const PluginKind other :
       {PluginKind::kApprover, PluginKind::kPolicy, PluginKind::kExecutor, PluginKind::kNotifier}) {
    if (!context.plugins.Find(other, name)) continue;
    return scope.Report(
        mark, codes::kUnknownPlugin,
        fmt::format("'{}' is {}; needed here is {}", name, WithArticle(other), WithArticle(kind)));
  }
  std::vector<std::string> names = context.plugins.Names(kind);
  std::sort(names.begin(), names.end());
  scope.Report(mark, codes::kUnknownPlugin,
               fmt::format("no plugin offers {} '{}' (installed: {}).{}", WithArticle(kind), name,
                           names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")),
                           DidYouMeanSuffix(name, std::span<const std::string>(names))));
}

// `secret: {env: NAME}` is a promise to resolve it, which nothing keeps yet.
void RefuseSecrets(const Node& node, const Scope& scope) {
  for (const Node& item : node.items()) RefuseSecrets(item, scope);
  for (const YamlMember& member : node.members()) {
    if (member.key == "secret" && member.value.is_map()) {
      scope.ReportNotYet(member.key_mark, "'secret' with a map (a reference to a secret)");
    } else {
      RefuseSecrets(member.value, scope);
    }
  }
}

// `with` is the config, which starts at `place` ("with" or "from").
void CheckUse(const core::PluginUse& use, PluginKind kind, Mark name_mark, const Node* with,
              std::string_view place, const LoadContext& context, const Scope& scope) {
  if (with) {
    RefuseSecrets(*with, scope);
    const bool is_filled_in = kind == PluginKind::kExecutor;
    CheckReferences(*with, context, is_filled_in ? ReferenceUse::kAction : ReferenceUse::kNotHere,
                    scope);
  }
  if (!context.plugins.Find(kind, use.plugin)) {
    return ReportUnknown(name_mark, kind, use.plugin, context, scope);
  }
  for (const auto& problem : context.plugins.CheckConfig(kind, use.plugin, use.with_json)) {
    scope.Report(with ? FindMark(*with, problem.pointer) : name_mark, codes::kBadConfig,
                 fmt::format("'{}{}': {}", place, problem.pointer, problem.message));
  }
}

}  // namespace

core::PluginUse ReadPluginUse(const Fields& fields, PluginKind kind, const LoadContext& context,
                              const Scope& scope) {
  core::PluginUse use;
  use.with_json = "{}";
  const Node* with = fields.Map("with");
  if (with) use.with_json = ToJsonText(*with);
  if (const auto name = fields.Name("plugin", kPluginNameRule)) {
    use.plugin = *name;
    const bool is_readable = with || !fields.Find("with");
    if (is_readable) {
      CheckUse(use, kind, fields.Find("plugin")->mark(), with, "with", context, scope);
    }
  } else if (with) {
    RefuseSecrets(*with, scope);
  }
  return use;
}

core::PluginUse ReadApprover(const Node& from, const LoadContext& context, const Scope& scope) {
  if (!scope.IsMap(from, "from")) return {};
  if (from.Find("plugin")) {
    const Fields fields(scope, from, {{"plugin"}, {"with"}, {}});
    return ReadPluginUse(fields, PluginKind::kApprover, context, scope);
  }
  if (from.members().size() != 1) {
    scope.Report(
        from.mark(), codes::kBadValue,
        from.members().empty()
            ? std::string("'from': names nobody (write {role: qa}, or {plugin: …, with: …})")
            : fmt::format("'from': {} keys are too many (allowed: one approver such as "
                          "{{role: qa}}; use 'any' or 'all' for more)",
                          from.members().size()));
    return {};
  }
  const YamlMember& only = from.members().front();
  core::PluginUse use{only.key, ToJsonText(from)};
  if (scope.IsName(only.key, only.key_mark, "from", kPluginNameRule)) {
    CheckUse(use, PluginKind::kApprover, only.key_mark, &from, "from", context, scope);
  } else {
    RefuseSecrets(from, scope);
  }
  return use;
}

}  // namespace gatewright::definition
