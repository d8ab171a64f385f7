#include "engine/definition/directory_loader.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "engine/definition/access_reader.h"
#include "engine/definition/document.h"
#include "engine/definition/lists.h"
#include "engine/definition/preferences_reader.h"
#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"
#include "engine/definition/yaml_json.h"

namespace gatewright::definition {
namespace {

constexpr std::array<std::string_view, 1> kKinds = {"Directory"};
constexpr std::array<std::string_view, 2> kUserKinds = {"person", "service"};
constexpr std::size_t kMaxRoles = 1'000;
constexpr std::size_t kMaxUsers = 10'000;
constexpr std::size_t kMaxMemberships = 256;
constexpr std::size_t kMaxNameLength = 256;

// The id of a person, role or group: whatever an identity provider may call it.
std::string ReadWord(const Node& node, std::string_view label, const Scope& scope) {
  const auto text = scope.AsText(node, label, kMaxNameLength);
  if (text && text->empty()) {
    scope.Report(node.mark(), codes::kBadValue,
                 fmt::format("'{}': expected a name, found nothing in the quotes", label));
  }
  return text.value_or("");
}

std::vector<std::string> ReadWords(const Fields& fields, std::string_view key, const Scope& scope) {
  std::vector<std::string> words;
  if (const Node* list = fields.List(key, 0, kMaxMemberships)) {
    ForEachOnce(*list, key, scope,
                [&](const Node& item) { words.push_back(ReadWord(item, key, scope)); });
  }
  return words;
}

class Reader {
 public:
  Reader(const Scope& scope, DirectoryResult& result) : scope_(scope), result_(result) {}

  void Read(const Node& root) {
    CheckJson(root, scope_);
    if (!root.is_map()) {
      return scope_.Report(
          root.mark(), codes::kWrongType,
          fmt::format("expected a map with apiVersion, kind, metadata and spec, found {}",
                      Describe(root)));
    }
    const Fields fields(scope_, root, {{"apiVersion", "kind", "metadata", "spec"}, {}, {}});
    fields.Choice("apiVersion", kApiVersions);
    fields.Choice("kind", kKinds);
    if (const Node* metadata = fields.Map("metadata")) {
      const Scope scope = scope_.In("metadata");
      Fields(scope, *metadata, {{"name"}, {}, {}}).Name("name", kWorkflowNameRule);
    }
    if (const Node* spec = fields.Map("spec")) {
      const Fields users(scope_, *spec, {{"users"}, {"roles"}, {}});
      if (const Node* list = users.List("users", 0, kMaxUsers)) {
        for (const Node& user : list->items()) ReadUser(user);
      }
      if (const Node* roles = users.List("roles", 0, kMaxRoles)) {
        result_.access.roles = ReadRoles(*roles, scope_);
      }
      GiveRoles();
    }
  }

 private:
  void ReadUser(const Node& node) {
    const Node* id = node.Find("id");
    const Scope scope =
        scope_.In(id && id->is_string() ? fmt::format("user '{}'", Shorten(id->text()))
                                        : std::string("user"));
    if (!scope.IsMap(node, "users")) return;
    const Fields fields(
        scope, node, {{"id"}, {"roles", "groups", "kind", "password", "disabled", "notify"}, {}});
    core::Principal person;
    if (id) person.id = PrincipalId(ReadWord(*id, "id", scope));
    person.roles = ReadWords(fields, "roles", scope);
    person.groups = ReadWords(fields, "groups", scope);
    if (fields.Choice("kind", kUserKinds).value_or(0) == 1) {
      person.kind = core::PrincipalKind::kService;
    }
    if (id) CheckId(*id, person.id, scope);
    const Node* password = fields.Find("password");
    if (password && person.kind == core::PrincipalKind::kService) {
      scope.Report(password->mark(), codes::kBadValue,
                   "'password': a service has tokens, and no password");
    }
    std::string hash = password ? ReadPasswordHash(*password, scope) : "";
    const bool is_disabled = fields.Bool("disabled").value_or(false);
    if (!person.id.empty()) {
      const auto [first, is_new] = seen_.emplace(person.id, id->mark());
      if (!is_new) {
        scope.Report(id->mark(), codes::kDuplicate,
                     fmt::format("the user '{}' is listed twice (first in line {})",
                                 person.id.value, first->second.line));
      }
    }
    if (is_disabled) {
      result_.disabled.push_back(person.id);
    } else {
      if (const Node* notify = fields.Find("notify")) {
        result_.preferences[person.id] = ReadPreferences(*notify, scope.In("notify"));
      }
      result_.access.accounts[person.id.value].password_hash = std::move(hash);
      result_.people.push_back(std::move(person));
    }
  }

  void CheckId(const Node& node, const PrincipalId& id, const Scope& scope) const {
    for (const std::string_view prefix : {"policy:", "timer:", "engine:"}) {
      if (!id.value.starts_with(prefix)) continue;
      scope.Report(node.mark(), codes::kBadValue,
                   fmt::format("'id': ids that begin with '{}' are the engine's own", prefix));
    }
  }

  // The roles of somebody's groups are theirs as well.
  void GiveRoles() {
    for (core::Principal& person : result_.people) {
      person.roles = access::RolesOf(result_.access.roles, person);
      result_.access.accounts[person.id.value].principal = person;
    }
  }

  const Scope& scope_;
  DirectoryResult& result_;
  std::map<PrincipalId, Mark> seen_;
};

}  // namespace

DirectoryResult LoadDirectory(std::string_view source_text, std::string_view file_name) {
  DirectoryResult result;
  const Scope scope(std::string(file_name), result.diagnostics);
  const YamlFile yaml = ParseYaml(source_text);
  for (const auto& problem : yaml.problems) {
    scope.Report(problem.mark, codes::kYaml, problem.message);
  }
  if (yaml.documents.empty() && yaml.problems.empty()) {
    scope.Report({}, codes::kWrongType, "the file is empty (expected a directory)");
  }
  if (yaml.documents.size() > 1) {
    scope.Report(yaml.documents[1].root.mark(), codes::kTooMany,
                 "a second document (expected one directory in the file)");
  }
  if (!yaml.documents.empty()) Reader(scope, result).Read(yaml.documents.front().root);
  if (!result.ok()) {
    result.people.clear();
    result.preferences.clear();
    result.access = {};
    result.disabled.clear();
  }
  SortByPlace(result.diagnostics);
  return result;
}

}  // namespace gatewright::definition
