// server/cli/config_file.cpp: walks the YAML tree and gives every scalar its dotted key.
#include "server/cli/config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/edit_distance.h"
#include "engine/definition/yaml.h"
#include "server/cli/files.h"

namespace gatewright::cli {
namespace {

using definition::Mark;
using definition::Node;
using definition::NodeKind;

// The names that may follow `prefix` ("" or "server."), each once.
std::vector<std::string> NamesAfter(const std::string& prefix) {
  std::set<std::string> names;
  const auto add = [&](std::string_view key) {
    if (!key.starts_with(prefix) || key.size() == prefix.size()) return;
    const std::string_view rest = key.substr(prefix.size());
    names.emplace(rest.substr(0, rest.find('.')));
  };
  for (const Setting& setting : AllSettings()) add(setting.key);
  add(kPinPrefix);
  add(kGrantPrefix);
  return {names.begin(), names.end()};
}

class Walk {
 public:
  Walk(const std::string& path, Layer& layer) : path_(path), layer_(layer) {}

  void Map(const std::string& prefix, const Node& map) {
    const std::vector<std::string> known = NamesAfter(prefix);
    for (const definition::YamlMember& member : map.members()) {
      const std::string key = prefix + member.key;
      if (key + "." == kPinPrefix) {
        Files(kPinPrefix, "its SHA-256", member.value);
      } else if (key + "." == kGrantPrefix) {
        Files(kGrantPrefix, "what it may do", member.value);
      } else if (FindSetting(key) != nullptr) {
        Value(key, member.value);
      } else if (!NamesAfter(key + ".").empty()) {
        Group(key, member.value);
      } else {
        Problem(member.key_mark,
                fmt::format("unknown key '{}' (known: {}).{}", key, fmt::join(known, ", "),
                            DidYouMeanSuffix(member.key, std::span(known))));
      }
    }
  }

  void Problem(Mark mark, std::string_view text) {
    layer_.problems.push_back(fmt::format("{}: {}", Place(mark), text));
  }

 private:
  std::string Place(Mark mark) const {
    return fmt::format("{}:{}:{}", path_, mark.line, mark.column);
  }

  void Group(const std::string& key, const Node& node) {
    if (node.is_map()) return Map(key + ".", node);
    if (node.is_null()) return;  // everything below it is commented out
    Problem(node.mark(), fmt::format("{}: expected keys below it ({}), found {}", key,
                                     fmt::join(NamesAfter(key + "."), ", "), Describe(node)));
  }

  // One value for each plugin file.
  void Files(std::string_view prefix, std::string_view what, const Node& node) {
    if (node.is_null()) return;
    if (!node.is_map()) {
      return Problem(node.mark(),
                     fmt::format("{}: expected file names, each with {}, found {}",
                                 prefix.substr(0, prefix.size() - 1), what, Describe(node)));
    }
    for (const definition::YamlMember& member : node.members()) {
      Value(std::string(prefix) + member.key, member.value);
    }
  }

  void Value(const std::string& key, const Node& node) {
    const Setting* setting = FindSetting(key);
    if (setting != nullptr && setting->is_secret) {
      return Problem(node.mark(),
                     fmt::format("{}: secrets do not belong in this file; set {} or {}_FILE", key,
                                 setting->environment, setting->environment));
    }
    if (node.is_null() || node.is_list() || node.is_map()) {
      return Problem(node.mark(),
                     fmt::format("{}: expected one value, found {}", key, Describe(node)));
    }
    if (setting != nullptr && node.is_ambiguous_number()) {  // a pin may well look like that
      return Problem(
          node.mark(),
          fmt::format("{}: {} has leading zeros; write the number without them", key, node.text()));
    }
    layer_.values.push_back({key, node.text(), Origin::kFile, Place(node.mark())});
  }

  const std::string& path_;
  Layer& layer_;
};

}  // namespace

Layer ParseConfig(const std::string& path, std::string_view text) {
  Layer layer;
  Walk walk(path, layer);
  const definition::YamlFile file = definition::ParseYaml(text);
  for (const definition::YamlProblem& problem : file.problems) {
    walk.Problem(problem.mark, problem.message);
  }
  if (!file.problems.empty() || file.documents.empty()) return layer;
  if (file.documents.size() > 1) {
    walk.Problem(file.documents[1].root.mark(), "expected one document, found a second");
    return layer;
  }
  const Node& root = file.documents.front().root;
  if (root.is_map()) {
    walk.Map("", root);
  } else if (!root.is_null()) {
    walk.Problem(root.mark(),
                 fmt::format("expected keys (server, db, …), found {}", Describe(root)));
  }
  return layer;
}

Layer ReadConfigFile(const std::string& path) {
  auto text = ReadFile(path, definition::kMaxYamlBytes);
  if (!text) return Layer{{}, {text.error().message}};
  return ParseConfig(path, *text);
}

}  // namespace gatewright::cli
