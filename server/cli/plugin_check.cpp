// server/cli/plugin_check.cpp: `gatewright plugin check`.
#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "engine/codec/json.h"
#include "plugins/check/conformance.h"
#include "server/cli/commands.h"
#include "server/cli/files.h"

namespace gatewright::cli {
namespace {

using check::CheckResult;
using check::Verdict;

constexpr std::size_t kLargestConfig = 1024 * 1024;

std::string_view WordOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "ok";
    case Verdict::kFailed:
      return "failed";
    case Verdict::kNotApplicable:
      return "not applicable";
    case Verdict::kNotChecked:
      return "not checked";
    case Verdict::kSkipped:
      return "skipped";
  }
  return "";
}

std::string TitleOf(const CheckResult& result) {
  if (!result.offer) return "the library";
  return fmt::format("{} {}", ports::ToString(result.offer->kind), result.offer->name);
}

class CheckText {
 public:
  void Print(const CheckResult& result) {
    if (const std::string title = TitleOf(result); title != title_) {
      fmt::print("{}{}\n", title_.empty() ? "" : "\n", title);
      title_ = title;
      is_skipping_ = false;
    }
    const check::Finding& finding = result.finding;
    // One line says it for all of them.
    if (finding.verdict == Verdict::kSkipped) {
      if (!is_skipping_) fmt::print("  {:<14} {:<15} {}\n", "skipped", "the rest", finding.note);
      is_skipping_ = true;
      return;
    }
    fmt::print("  {:<14} {:<15} {}\n", WordOf(finding.verdict), result.check, result.promise);
    if (finding.verdict == Verdict::kFailed) {
      fmt::print("{:32}expected: {}\n{:32}found:    {}\n", "", finding.expected, "", finding.found);
    } else if (!finding.note.empty()) {
      fmt::print("{:32}{}\n", "", finding.note);
    }
    std::fflush(stdout);
  }

 private:
  std::string title_;
  bool is_skipping_ = false;
};

void AppendMember(std::string& json, std::string_view name, std::string_view text) {
  if (json.back() != '{') json += ',';
  codec::AppendJsonString(json, name);
  json += ':';
  codec::AppendJsonString(json, text);
}

void AppendResult(std::string& json, const CheckResult& result) {
  if (json.back() != '[') json += ',';
  json += '{';
  AppendMember(json, "check", result.check);
  AppendMember(json, "promise", result.promise);
  if (result.offer) {
    AppendMember(json, "kind", ports::ToString(result.offer->kind));
    AppendMember(json, "offer", result.offer->name);
  }
  AppendMember(json, "result", WordOf(result.finding.verdict));
  if (result.finding.verdict == Verdict::kFailed) {
    AppendMember(json, "expected", result.finding.expected);
    AppendMember(json, "found", result.finding.found);
  }
  if (!result.finding.note.empty()) AppendMember(json, "note", result.finding.note);
  json += fmt::format(R"(,"ms":{}}})", result.took.count());
}

void PrintJson(const check::CheckOptions& options, const check::Conformance& found) {
  std::string json = "{";
  AppendMember(json, "file", options.library.string());
  const CheckResult* const failure = found.first_failure();
  json += fmt::format(R"(,"ok":{},"complete":{})", failure == nullptr && found.problem.empty(),
                      found.is_complete());
  if (failure != nullptr) AppendMember(json, "firstFailure", failure->check);
  if (!found.problem.empty()) AppendMember(json, "problem", found.problem);
  json += R"(,"checks":[)";
  for (const CheckResult& result : found.results) AppendResult(json, result);
  fmt::print("{}]}}\n", json);
}

void PrintVerdict(const check::CheckOptions& options, const check::Conformance& found) {
  const std::string file = options.library.filename().string();
  if (const CheckResult* const failure = found.first_failure()) {
    fmt::print("\n{}: does not hold: {} ({})\n", file, failure->check, TitleOf(*failure));
  } else if (!found.is_complete()) {
    fmt::print("\n{}: not everything could be looked at\n", file);
  } else {
    fmt::print("\n{}: holds to its contract\n", file);
  }
}

int CodeOf(const check::Conformance& found) {
  if (found.first_failure() != nullptr) return kExitFailure;
  return found.is_complete() ? kExitOk : kExitUsage;
}

}  // namespace

int RunPluginCheck(const AuthorArguments& arguments) {
  check::CheckOptions options;
  std::error_code problem;
  options.library = std::filesystem::canonical(arguments.library, problem);
  if (problem) {
    PrintError(fmt::format("expected a plugin, '{}': {}", arguments.library, problem.message()));
    return kExitUsage;
  }
  for (const std::string& path : arguments.configs) {
    auto config = ReadFile(path, kLargestConfig);
    const auto json =
        config ? codec::ParseJson(*config) : Result<boost::json::value>(config.error());
    if (!json) {
      PrintError(fmt::format("{}: expected a config as JSON: {}", path, json.error().message));
      return kExitUsage;
    }
    options.configs.push_back(*std::move(config));
  }
  for (const std::string& name : arguments.grants) {
    if (const auto grant = host::GrantFrom(name)) options.grants.insert(*grant);
    if (name == "in-server") options.has_walls = false;
  }
  options.program = "/proc/self/exe";
  options.only_offer = arguments.offer;
  CheckText text;
  const auto found = check::CheckPlugin(options, [&](const CheckResult& result) {
    if (!arguments.is_json) text.Print(result);
  });
  if (arguments.is_json) {
    PrintJson(options, found);
  } else if (found.problem.empty()) {
    PrintVerdict(options, found);
  }
  if (!found.problem.empty()) PrintError(found.problem);
  return CodeOf(found);
}

}  // namespace gatewright::cli
