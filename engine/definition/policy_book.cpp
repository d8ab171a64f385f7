#include "engine/definition/policy_book.h"

#include <fmt/format.h>

#include "engine/codec/json.h"
#include "engine/definition/context.h"
#include "engine/definition/document.h"
#include "engine/definition/plugin_use.h"
#include "engine/definition/yaml_json.h"

namespace gatewright::definition {

void PolicyBook::Read(const YamlDocument& document, const std::string& file,
                      const ports::Plugins& plugins, const Scope& scope) {
  const std::size_t problems_before = scope.problem_count();
  const Node& root = document.root;
  CheckJson(root, scope);
  const Fields fields(scope, root, {{"apiVersion", "kind", "metadata", "spec"}, {}, {}});
  fields.Choice("apiVersion", kApiVersions);
  NamedPolicy policy;
  std::string name;
  if (const Node* metadata = fields.Map("metadata")) {
    const Fields names(scope.In("metadata"), *metadata, {{"name"}, {}, {}});
    name = names.Name("name", kWorkflowNameRule).value_or("");
    if (const Node* mark = names.Find("name")) policy.mark = mark->mark();
  }
  if (const Node* spec = fields.Map("spec")) {
    const Scope inner = scope.In(name.empty() ? "policy" : fmt::format("policy '{}'", name));
    const Fields use(inner, *spec, {{"plugin"}, {"with"}, {}});
    std::set<std::string> none;  // a policy names no other
    const LoadContext context{plugins, *this, none};
    policy.use = ReadPluginUse(use, ports::PluginKind::kPolicy, context, inner);
  }
  policy.is_usable = scope.problem_count() == problems_before && !scope.is_full();
  policy.canonical = codec::CanonicalJson(ToJsonValue(root));
  policy.source = document.source;
  policy.file = file;
  if (name.empty()) return;
  const Mark mark = policy.mark;
  const auto [first, is_new] = policies_.emplace(name, std::move(policy));
  if (is_new) return;
  first->second.is_usable = false;
  scope.In("metadata")
      .Report(mark, codes::kDuplicate,
              fmt::format("the policy '{}' is defined twice (first in {}:{})", name,
                          first->second.file, first->second.mark.line));
}

const NamedPolicy* PolicyBook::Find(const std::string& name) const {
  const auto found = policies_.find(name);
  return found == policies_.end() ? nullptr : &found->second;
}

std::vector<std::string> PolicyBook::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, policy] : policies_) names.push_back(name);
  return names;
}

}  // namespace gatewright::definition
