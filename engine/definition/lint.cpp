#include "engine/definition/lint.h"

#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <set>

#include "engine/codec/json.h"

namespace gatewright::definition {
namespace {

std::string Plural(std::size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string FormatText(const LoadResult& result) {
  std::string out;
  for (const Diagnostic& diagnostic : result.diagnostics) out += Format(diagnostic) + "\n";
  if (!result.ok()) {
    std::set<std::string> files;
    for (const Diagnostic& diagnostic : result.diagnostics) files.insert(diagnostic.file);
    return out + fmt::format("{} in {}\n", Plural(result.diagnostics.size(), "mistake"),
                             Plural(files.size(), "file"));
  }
  for (const Loaded& loaded : result.workflows) {
    out += fmt::format("{}: workflow '{}' is good ({}, version {})\n", loaded.file,
                       loaded.workflow.name.value, Plural(loaded.workflow.stages.size(), "stage"),
                       loaded.workflow.version.value.substr(0, 12));
  }
  return out.empty() ? "no workflows found\n" : out;
}

void AppendMember(std::string& out, std::string_view key, std::string_view text) {
  if (out.back() != '{') out += ',';
  codec::AppendJsonString(out, key);
  out += ':';
  codec::AppendJsonString(out, text);
}

std::string FormatJson(const LoadResult& result) {
  std::string out = fmt::format("{{\"ok\":{},\"workflows\":[", result.ok());
  for (const Loaded& loaded : result.workflows) {
    if (out.back() != '[') out += ',';
    out += '{';
    AppendMember(out, "name", loaded.workflow.name.value);
    AppendMember(out, "version", loaded.workflow.version.value);
    AppendMember(out, "file", loaded.file);
    out += '}';
  }
  return out + "],\"diagnostics\":" + DiagnosticsToJson(result.diagnostics) + "}\n";
}

}  // namespace

std::string DiagnosticsToJson(std::span<const Diagnostic> diagnostics) {
  std::string out = "[";
  for (const Diagnostic& diagnostic : diagnostics) {
    if (out.back() != '[') out += ',';
    out += '{';
    AppendMember(out, "file", diagnostic.file);
    out += fmt::format(",\"line\":{},\"column\":{}", diagnostic.line, diagnostic.column);
    AppendMember(out, "where", diagnostic.where);
    AppendMember(out, "message", diagnostic.message);
    AppendMember(out, "code", diagnostic.code);
    out += '}';
  }
  return out + "]";
}

std::string FormatLint(const LoadResult& result, LintFormat format) {
  return format == LintFormat::kJson ? FormatJson(result) : FormatText(result);
}

LintReport Lint(std::span<const std::string> paths, const ports::Plugins& plugins,
                LintFormat format) {
  if (paths.empty()) return {"expected a file or a folder to check\n", kLintUsage};
  LoadResult all;
  for (const std::string& path : paths) {
    std::error_code error;
    const bool is_folder = std::filesystem::is_directory(path, error);
    if (!is_folder && !std::filesystem::exists(path, error)) {
      return {fmt::format("{}: expected a file or a folder, found nothing\n", path), kLintUsage};
    }
    LoadResult one = is_folder ? LoadFolder(path, plugins) : LoadFile(path, plugins);
    std::move(one.workflows.begin(), one.workflows.end(), std::back_inserter(all.workflows));
    std::move(one.diagnostics.begin(), one.diagnostics.end(), std::back_inserter(all.diagnostics));
  }
  return {FormatLint(all, format), all.ok() ? kLintGood : kLintMistakes};
}

}  // namespace gatewright::definition
