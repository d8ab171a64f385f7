#include "engine/cel/cel.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/cel/checker.h"
#include "engine/cel/evaluator.h"
#include "engine/cel/inputs.h"
#include "engine/cel/parser.h"
#include "engine/cel/source.h"

namespace gatewright::cel {
namespace {

std::string Spell(const std::vector<Type>& types) {
  std::vector<std::string> names;
  for (const Type& type : types) names.push_back(type.ToText());
  return fmt::format("{}", fmt::join(names, " or "));
}

}  // namespace

struct Program::Parts {
  Source source;
  NodePointer root;
  Type type;
  std::vector<Type> results;
  std::vector<std::string> inputs;
};

Result<Program> Compile(std::string_view text, const Declarations& declarations,
                        const CompileOptions& options) {
  Source source{std::string(text)};
  GW_TRY(root, Parse(source));
  ResolveFunctions(*root, options.has_decisions);
  Type type;
  if (options.checks_types) {
    GW_TRY(checked, Check(*root, source, declarations, options.has_decisions));
    type = checked;
  }
  const bool is_wanted =
      options.results.empty() ||
      std::any_of(options.results.begin(), options.results.end(),
                  [&](const Type& wanted) { return IsAssignable(type, wanted); });
  if (!is_wanted) {
    return source.Problem(root->range.begin,
                          fmt::format("expected the expression to be {}, found {}",
                                      Spell(options.results), type.ToText()));
  }
  auto inputs = FindInputs(*root, source);
  return Program(std::make_shared<const Program::Parts>(Program::Parts{
      std::move(source), std::move(root), type, options.results, std::move(inputs)}));
}

Evaluation Program::Run(const Bindings& bindings, const RunOptions& options) const {
  Evaluation evaluation = cel::Evaluate(*parts_->root, parts_->source, bindings, options);
  const auto& wanted = parts_->results;
  if (!evaluation.value || wanted.empty()) return evaluation;
  const Type found(evaluation.value->kind());
  if (std::none_of(wanted.begin(), wanted.end(),
                   [&](const Type& type) { return IsAssignable(found, type); })) {
    evaluation.value = parts_->source.Problem(
        parts_->root->range.begin, fmt::format("expected the expression to come to {}, found {}",
                                               Spell(wanted), ToText(*evaluation.value, 80)));
  }
  return evaluation;
}

const std::string& Program::text() const { return parts_->source.text(); }
const Type& Program::type() const { return parts_->type; }
const std::vector<std::string>& Program::inputs() const { return parts_->inputs; }

}  // namespace gatewright::cel
