// engine/cel/cel.h: the Common Expression Language (cel.dev) without protocol buffers: compiled
// once against declared variables, then evaluated any number of times, by any number of threads.
//
//   cel::Declarations known;
//   known.Add("amount", cel::Type::Int());
//   GW_TRY(program, cel::Compile("amount < 100", known, {.results = {cel::Type::Bool()}}));
//   GW_TRY(value, program.Evaluate(cel::Bindings().Set("amount", cel::Value::Int(3))));
//
// It does no I/O, knows no clock and always ends. docs/expressions.md describes the language.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/cel/bindings.h"
#include "engine/cel/declarations.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"

namespace gatewright::cel {

struct CompileOptions {
  // approve(), reject(), abstain(), no_op() and wait() are known.
  bool has_decisions = false;
  // What the whole must come to: one of these. Empty: anything.
  std::vector<Type> results = {};
  // Without, unknown names and wrong types show only when they are evaluated.
  bool checks_types = true;
};

// Immutable and cheap to copy. Thread-safe.
class Program {
 public:
  Result<Value> Evaluate(const Bindings& bindings) const { return Run(bindings).value; }
  // With the cost and, if asked for, the trace. Errors say line:column.
  Evaluation Run(const Bindings& bindings, const RunOptions& options = {}) const;

  const std::string& text() const;
  const Type& type() const;  // dyn when it was not checked
  // The paths of variables that it reads, as written: "subject.amount", "now". Each once.
  const std::vector<std::string>& inputs() const;

 private:
  friend Result<Program> Compile(std::string_view, const Declarations&, const CompileOptions&);
  struct Parts;
  explicit Program(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  std::shared_ptr<const Parts> parts_;
};

// An error has one line for each mistake: "line:column: what was expected, what was found".
Result<Program> Compile(std::string_view text, const Declarations& declarations,
                        const CompileOptions& options = {});

}  // namespace gatewright::cel
