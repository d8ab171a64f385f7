// server/cli/environment.cpp: each variable of the table, plainly or (secrets) from a file.
#include "server/cli/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "engine/base/edit_distance.h"
#include "server/cli/client_arguments.h"

namespace gatewright::cli {
namespace {

constexpr std::size_t kMaxSecretFile = 64 * 1024;

std::vector<std::string> KnownNames() {
  std::vector<std::string> names;
  for (const Setting& setting : AllSettings()) {
    if (setting.environment.empty()) continue;
    names.emplace_back(setting.environment);
    if (setting.is_secret) names.push_back(fmt::format("{}_FILE", setting.environment));
  }
  return names;
}

// The file's text without the newline that editors and `echo` leave behind.
bool ReadSecretFile(const std::string& path, std::string& text) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  text.assign(std::istreambuf_iterator<char>(file), {});
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text.size() <= kMaxSecretFile;
}

}  // namespace

Layer ReadEnvironment(char** variables) {
  std::map<std::string, std::string> given;
  for (char** variable = variables; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals + 1 == text.size()) continue;
    given[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }

  Layer layer;
  for (const Setting& setting : AllSettings()) {
    if (setting.environment.empty()) continue;
    const std::string name(setting.environment);
    const auto plain = given.find(name);
    const auto from_file = setting.is_secret ? given.find(name + "_FILE") : given.end();
    if (plain != given.end() && from_file != given.end()) {
      layer.problems.push_back(
          fmt::format("{} and {}_FILE are both set; keep one of them", name, name));
    } else if (plain != given.end()) {
      layer.values.push_back({std::string(setting.key), plain->second, Origin::kEnvironment, name});
    } else if (from_file != given.end()) {
      std::string text;
      if (ReadSecretFile(from_file->second, text)) {
        layer.values.push_back(
            {std::string(setting.key), text, Origin::kEnvironment, name + "_FILE"});
      } else {
        layer.problems.push_back(
            fmt::format("{}_FILE: cannot read a secret from '{}' (a file of at most {} bytes)",
                        name, from_file->second, kMaxSecretFile));
      }
    }
  }

  const std::vector<std::string> known = KnownNames();
  for (const auto& [name, text] : given) {
    if (!name.starts_with("APPROVAL_")) continue;
    if (name == kServerVariable || name == kActorVariable || name == kTokenVariable ||
        name == kTokenFileVariable) {
      continue;  // for the client commands
    }
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    layer.problems.push_back(fmt::format("unknown environment variable {}.{}", name,
                                         DidYouMeanSuffix(name, std::span(known))));
  }
  return layer;
}

}  // namespace gatewright::cli
