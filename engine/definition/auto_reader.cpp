#include "engine/definition/auto_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "engine/base/edit_distance.h"
#include "engine/definition/plugin_use.h"
#include "engine/definition/policy_book.h"

namespace gatewright::definition {
namespace {

// What the named policy does; its name is reported when there is none that can be used.
core::PluginUse UseOfPolicy(const std::string& name, Mark mark, const LoadContext& context,
                            const Scope& scope) {
  const NamedPolicy* policy = context.policies.Find(name);
  if (!policy) {
    const std::vector<std::string> names = context.policies.Names();
    scope.Report(
        mark, codes::kUnknownName,
        fmt::format("'policy': no document of kind Policy in this file or folder is named "
                    "'{}' (there are: {}).{}",
                    name, names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")),
                    DidYouMeanSuffix(name, std::span<const std::string>(names))));
    return {};
  }
  if (!policy->is_usable) {
    scope.Report(mark, codes::kUnknownName,
                 fmt::format("'policy': '{}' has mistakes or is defined twice ({}:{})", name,
                             policy->file, policy->mark.line));
  }
  context.used_policies.insert(name);
  return policy->use;
}

core::AutoVoter ReadAutoVoter(const Node& node, const RuleReader& rules, const LoadContext& context,
                              const Scope& gate) {
  core::AutoVoter voter;
  const Node* named = node.Find("policy");
  const Node* id = node.Find("id") ? node.Find("id") : named;
  const Scope scope = gate.In(id && id->is_string() ? fmt::format("auto '{}'", Shorten(id->text()))
                                                    : std::string("auto"));
  if (!scope.IsMap(node, "auto")) return voter;
  const Fields fields =
      named ? Fields(scope, node, {{"policy", "fills"}, {"id", "shadow"}, {}})
            : Fields(scope, node, {{"id", "plugin", "fills"}, {"with", "shadow"}, {}});
  voter.id = fields.Name("id", kIdentifierRule).value_or("");
  if (!named) {
    voter.use = ReadPluginUse(fields, ports::PluginKind::kPolicy, context, scope);
  } else if (const auto name = fields.Name("policy", kWorkflowNameRule)) {
    if (!fields.Find("id")) voter.id = *name;
    voter.use = UseOfPolicy(*name, named->mark(), context, scope);
  }
  if (const Node* list = fields.List("fills", 0, kMaxRules)) {
    voter.fills = rules.ReadNames(*list, "fills", scope);
  }
  voter.is_shadow = fields.Bool("shadow").value_or(false);
  return voter;
}

}  // namespace

std::vector<core::AutoVoter> ReadAutoVoters(const Node& list, const RuleReader& rules,
                                            const LoadContext& context, const Scope& scope) {
  std::vector<core::AutoVoter> voters;
  std::map<std::string, Mark> seen;
  for (const Node& item : list.items()) {
    voters.push_back(ReadAutoVoter(item, rules, context, scope));
    const std::string& id = voters.back().id;
    if (id.empty()) continue;
    const Node* place = item.Find("id") ? item.Find("id") : item.Find("policy");
    const auto [first, is_new] = seen.emplace(id, place->mark());
    if (is_new) continue;
    scope.Report(place->mark(), codes::kDuplicate,
                 fmt::format("the auto entry '{}' is defined twice in this gate (first in line {})",
                             id, first->second.line));
  }
  return voters;
}

}  // namespace gatewright::definition
