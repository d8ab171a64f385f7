// server/cli/plugin_new.cpp: `gatewright plugin new`: a project of one's own, out of the templates
// in plugins/template.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "engine/base/embedded.h"
#include "gatewright/plugin.h"
#include "server/cli/commands.h"

namespace gatewright::cli {
namespace {

using Words = std::map<std::string, std::string>;

// What the kinds do not have in common.
struct KindWords {
  std::string_view article;
  std::string_view config;   // of the C++ template; the C ones take none
  std::string_view verdict;  // policies only
  std::string_view usage;    // in a workflow file
};

KindWords WordsOf(const std::string& kind, bool is_c) {
  if (kind == "approver") {
    return {"An", R"({"team": ["ann", "bob"]})", "",
            is_c
                ? "rules:\n  - {id: qa, from: {plugin: @offer@}, need: 1}"
                : "rules:\n  - {id: team, from: {plugin: @offer@, with: {team: [ann, bob]}}, need: "
                  "1}"};
  }
  if (kind == "policy") {
    return {"A", R"({"environment": "staging"})", is_c ? "abstain" : "approve",
            is_c ? "auto:\n  - {id: look, plugin: @offer@, fills: [qa]}"
                 : "auto:\n  - {id: staging, plugin: @offer@, with: {environment: staging}, fills: "
                   "[qa]}"};
  }
  if (kind == "executor") {
    return {"An", R"({"steps": 2})", "",
            is_c ? "action: {plugin: @offer@, timeout: 5m}"
                 : "action: {plugin: @offer@, with: {steps: 2}, timeout: 5m}"};
  }
  return {"A", "{}", "", "notify:\n  - {plugin: @offer@, on: [gate.opened, run.finished]}"};
}

// my-approver → MyApprover
std::string ClassName(const std::string& name) {
  std::string made;
  bool is_start = true;
  for (const char c : name) {
    if (c == '-') {
      is_start = true;
      continue;
    }
    made += is_start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    is_start = false;
  }
  return made;
}

std::string FillIn(std::string_view text, const Words& words) {
  std::string filled(text);
  for (const auto& [word, value] : words) {
    const std::string wanted = "@" + word + "@";
    for (std::size_t at = 0; (at = filled.find(wanted, at)) != std::string::npos;
         at += value.size()) {
      filled.replace(at, wanted.size(), value);
    }
  }
  return filled;
}

Words WordsFor(const AuthorArguments& arguments) {
  const bool is_c = arguments.language == "c";
  const KindWords kind = WordsOf(arguments.kind, is_c);
  const std::string offer = "com.example." + arguments.name;
  return {{"name", arguments.name},
          {"offer", offer},
          {"Class", ClassName(arguments.name)},
          {"kind", arguments.kind},
          {"article", std::string(kind.article)},
          {"config", is_c ? "{}" : std::string(kind.config)},
          {"verdict", std::string(kind.verdict)},
          {"usage", FillIn(kind.usage, {{"offer", offer}})},
          {"extension", is_c ? "c" : "cpp"},
          {"LANGUAGE", is_c ? "C" : "CXX"},
          {"abi", fmt::format("{}.{}", GW_ABI_MAJOR, GW_ABI_MINOR)}};
}

Result<void> WriteNew(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file.good()) return {};
  return Error{ErrorCode::kUnavailable, fmt::format("could not write '{}'", path.string())};
}

Result<void> WriteProject(const std::filesystem::path& folder, const AuthorArguments& arguments) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem || !std::filesystem::is_empty(folder, problem) || problem) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("expected '{}' to be a new or an empty folder{}", folder.string(),
                             problem ? ": " + problem.message() : "")};
  }
  const Words words = WordsFor(arguments);
  const std::map<std::string, std::string, std::less<>> names = {
      {"CMakeLists.txt", "CMakeLists.txt"},
      {"README.md", "README.md"},
      {arguments.kind + "." + words.at("extension"), arguments.name + "." + words.at("extension")},
      {arguments.kind + ".json", "case.json"}};
  for (const EmbeddedFile& file : TemplateFiles()) {
    const auto wanted = names.find(file.name);
    if (wanted == names.end()) continue;
    GW_CHECK(WriteNew(folder / wanted->second, FillIn(file.bytes, words)));
  }
  return {};
}

}  // namespace

int RunPluginNew(const AuthorArguments& arguments) {
  const std::filesystem::path folder = arguments.folder.empty() ? arguments.name : arguments.folder;
  if (auto written = WriteProject(folder, arguments); !written) {
    PrintError(written.error().message);
    return kExitUsage;
  }
  fmt::print(
      "{0}: {1} '{2}' in {3}\n\n"
      "  cmake -S {0} -B {0}/build && cmake --build {0}/build\n"
      "  gatewright plugin run {0}/build/{4}.so --case {0}/case.json\n"
      "  gatewright plugin check {0}/build/{4}.so\n",
      folder.string(), arguments.kind, "com.example." + arguments.name,
      arguments.language == "c" ? "C" : "C++", arguments.name);
  return kExitOk;
}

}  // namespace gatewright::cli
