// The approver `expr`: eligible is for whom an expression (docs/expressions.md) over the person,
// the subject, the run and the stage is true. An expression without a value makes nobody eligible.
// Pure.
#include <gatewright/plugin.hpp>

#include <string>
#include <vector>

#include "engine/cel/cel.h"
#include "plugins/policies/cel_json.h"

namespace {

namespace cel = gatewright::cel;
using cel::Type;
using cel::Value;

Value Text(std::string_view view) { return Value::String(std::string(view)); }

Value Texts(const std::vector<std::string_view>& views) {
  Value::List list;
  for (const std::string_view view : views) list.push_back(Text(view));
  return Value::ListOf(std::move(list));
}

class Expr final : public gatewright::Approver {
 public:
  static constexpr bool kPure = true, kConcurrent = true;
  static constexpr char kName[] = "expr";
  static constexpr char kSummary[] = "Eligible is for whom an expression is true.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "examples": [{"expr": "'qa' in person.roles"}],
    "required": ["expr"],
    "additionalProperties": false,
    "properties": {
      "expr": {
        "description": "Over person {id, kind, roles, groups}, subject, run and stage; comes to true or false.",
        "type": "string",
        "minLength": 1,
        "maxLength": 4096
      }
    }
  })";

  explicit Expr(const gatewright::Config& config) : program_(Compile(config.String("expr"))) {}

  gatewright::Eligibility Check(const gatewright::Question& question, gatewright::Call&) override {
    const auto& person = question.principal;
    if (person.is_everybody) return gatewright::Eligible("is everybody");
    cel::Bindings known;
    known
        .Set("person",
             Value::Object({{"id", Text(person.id)},
                            {"kind", Text(person.kind == GW_SERVICE ? "service" : "person")},
                            {"roles", Texts(person.roles())},
                            {"groups", Texts(person.groups())}}))
        .Set("subject", gatewright::policies::ToCel(gatewright::Json::Parse(question.subject_json)))
        .Set("run", Value::Object({{"workflow", Text(question.workflow)},
                                   {"requester", Text(question.requester)}}))
        .Set("stage", Value::Object({{"name", Text(question.stage)}}));
    const auto value = program_.Evaluate(known);
    if (!value) {
      return gatewright::NotEligible("the expression has no value: " + value.error().message);
    }
    return value->boolean() ? gatewright::Eligible("the expression is true")
                            : gatewright::NotEligible("needs " + program_.text());
  }

 private:
  static cel::Program Compile(const std::string& text) {
    const Type word = Type::String(), words = Type::List(word);
    cel::Declarations known;
    known
        .Add("person",
             Type::Object({{"id", word}, {"kind", word}, {"roles", words}, {"groups", words}}))
        .Add("subject", Type())
        .Add("run", Type::Object({{"workflow", word}, {"requester", word}}))
        .Add("stage", Type::Object({{"name", word}}));
    auto program = cel::Compile(text, known, {.results = {Type::Bool()}});
    if (!program) throw gatewright::InvalidConfig("/expr: " + program.error().message);
    return *std::move(program);
  }

  cel::Program program_;
};

}  // namespace

GATEWRIGHT_PLUGIN("expr-approver", "1.0.0", gatewright::Offer<Expr>)
