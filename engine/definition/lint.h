// engine/definition/lint.h: what `gatewright lint` prints and how it ends.
#pragma once

#include <span>
#include <string>

#include "engine/definition/workflow_loader.h"

namespace gatewright::definition {

enum class LintFormat { kText = 1, kJson };

constexpr int kLintGood = 0;
constexpr int kLintMistakes = 1;
constexpr int kLintUsage = 2;  // a path that is neither a file nor a folder, or no path at all

struct LintReport {
  std::string output;  // ends with a line break
  int exit_code = kLintGood;
};

// Checks files and folders.
LintReport Lint(std::span<const std::string> paths, const ports::Plugins& plugins,
                LintFormat format);

// Text: a line per mistake and a summary. JSON: {"ok", "workflows": […], "diagnostics": […]}.
std::string FormatLint(const LoadResult& result, LintFormat format);

// [{"file", "line", "column", "where", "message", "code"}, …]
std::string DiagnosticsToJson(std::span<const Diagnostic> diagnostics);

}  // namespace gatewright::definition
