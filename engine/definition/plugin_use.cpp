#include "engine/definition/plugin_use.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/base/edit_distance.h"
#include "engine/codec/secrets.h"
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

bool IsVariable(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_fit = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, is_fit);
}

// Stands in for a secret: of the form that signatures need, for plugins that look at it.
constexpr char kAnySecret[] = "whsec_c3RhbmRzIGluIGZvciBhIHNlY3JldCBoZXJl";

// Empty, or what was expected of `secret: {…}`.
std::string FindSecretProblem(const Node& reference) {
  if (reference.members().size() != 1) return "expected one of {env: NAME} and {file: PATH}";
  const YamlMember& only = reference.members().front();
  if (only.key != "env" && only.key != "file") {
    return fmt::format("expected {{env: NAME}} or {{file: PATH}}, found '{}'", only.key);
  }
  const std::string text = only.value.is_string() ? only.value.text() : "";
  if (only.key == "file") {
    if (text.starts_with('/') && text.find("${") == text.npos) return "";
    return "'file': expected an absolute path";
  }
  if (!IsVariable(text)) return "'env': expected the name of an environment variable";
  if (text.starts_with("APPROVAL_")) return "'env': the server's own variables are not for plugins";
  return "";
}

// A reference is fixed where it is written: nothing of a run decides which secret is read.
void CheckSecrets(const Node& node, const Scope& scope) {
  for (const Node& item : node.items()) CheckSecrets(item, scope);
  for (const YamlMember& member : node.members()) {
    if (member.key != "secret" || !member.value.is_map()) {
      CheckSecrets(member.value, scope);
    } else if (const auto problem = FindSecretProblem(member.value); !problem.empty()) {
      scope.Report(member.value.mark(), codes::kBadValue, fmt::format("'secret': {}", problem));
    }
  }
}

// The settings as a plugin's schema gets to see them while nobody knows the secrets.
std::string WithAnySecrets(const std::string& settings_json) {
  const auto filled = codec::FillSecrets(
      settings_json, [](const codec::SecretReference&) { return Result<std::string>(kAnySecret); });
  return filled ? *filled : settings_json;
}

// `with` is the config, which starts at `place` ("with" or "from").
void CheckUse(const core::PluginUse& use, PluginKind kind, Mark name_mark, const Node* with,
              std::string_view place, const LoadContext& context, const Scope& scope) {
  if (with) {
    CheckSecrets(*with, scope);
    const bool is_filled_in = kind == PluginKind::kExecutor;
    CheckReferences(*with, context, is_filled_in ? ReferenceUse::kAction : ReferenceUse::kNotHere,
                    scope);
  }
  if (!context.plugins.Find(kind, use.plugin)) {
    return ReportUnknown(name_mark, kind, use.plugin, context, scope);
  }
  for (const auto& problem :
       context.plugins.CheckConfig(kind, use.plugin, WithAnySecrets(use.with_json))) {
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
    CheckSecrets(*with, scope);
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
    CheckSecrets(from, scope);
  }
  return use;
}

}  // namespace gatewright::definition
