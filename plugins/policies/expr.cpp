// The policy `expr`: decides by an expression (docs/expressions.md) over the subject, the run, the
// stage and the time. It fails closed: whatever goes wrong is an abstention, so that people decide.
#include <gatewright/plugin.hpp>

#include <algorithm>
#include <string>

#include "engine/cel/cel.h"
#include "engine/cel/utf8.h"
#include "plugins/policies/cel_json.h"

namespace {

namespace cel = gatewright::cel;
using cel::Type;
using cel::Value;

// Evidence may have 64 KiB, and JSON may need several bytes for one.
constexpr std::size_t kShownExpression = 2'000;
constexpr std::size_t kShownResult = 1'000;
constexpr std::size_t kInputsBytes = 4'000;
constexpr std::size_t kTraceBytes = 40'000;

std::string Cut(const std::string& text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  return text.substr(0, cel::StartOfCodePoint(text, max_bytes)) + "…";
}

class Expr final : public gatewright::Policy {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr bool kWantsFacts = true;
  static constexpr char kName[] = "expr";
  static constexpr char kSummary[] = "Decides by an expression over the subject, the run and time.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "examples": [{"expression": "subject.environment == 'staging'"}],
    "required": ["expression"],
    "additionalProperties": false,
    "properties": {
      "expression": {
        "description": "Comes to true (approve), false (abstain), or approve(\"why\"), reject(\"why\"), abstain(\"why\"), no_op() or wait(\"10m\", \"why\").",
        "type": "string",
        "minLength": 1,
        "maxLength": 65536
      },
      "inputs": {
        "description": "Constants that the expression sees as inputs.name.",
        "type": "object"
      },
      "subjectSchema": {
        "description": "A JSON Schema of the subject. With it, unknown fields and wrong types are found when the workflow is loaded.",
        "type": "object"
      }
    }
  })";

  Expr(const gatewright::Config& config, const gatewright::Call& call)
      : subject_type_(ReadSubjectType(config, call)),
        inputs_(ReadInputs(config)),
        program_(Compile(config)) {}

  gatewright::Verdict Evaluate(const gatewright::Context& context,
                               gatewright::Call& call) override {
    call.Checkpoint();
    const cel::Evaluation evaluation = program_.Run(Bind(context), {.has_trace = true});
    return VerdictOf(evaluation).WithEvidence(EvidenceOf(evaluation));
  }

 private:
  static Type ReadSubjectType(const gatewright::Config& config, const gatewright::Call& call) {
    const gatewright::Json* const schema = config.Find("subjectSchema");
    if (!schema) return Type();
    const gatewright::JsonSchema compiled(schema->source(), call);  // throws when it is none
    return gatewright::policies::TypeOfSchema(*schema);
  }

  static Value ReadInputs(const gatewright::Config& config) {
    const gatewright::Json* const inputs = config.Find("inputs");
    return inputs ? gatewright::policies::ToCel(*inputs) : Value::Object({});
  }

  // Times are text, as in every JSON of the engine: timestamp(facts.run.created_at).
  static Type FactsType() {
    const Type text = Type::String(), number = Type::Int();
    const Type vote = Type::Object({{"voter", text},
                                    {"kind", text},
                                    {"choice", text},
                                    {"rules", Type::List(text)},
                                    {"comment", text},
                                    {"at", text}});
    const Type past_run = Type::Object({{"id", number},
                                        {"name", text},
                                        {"status", text},
                                        {"state", text},
                                        {"requester", text},
                                        {"subject", Type()},
                                        {"created_at", text},
                                        {"finished_at", Type()}});
    const Type calendar = Type::Object({{"open", Type::Bool()}, {"changes_at", Type()}});
    return Type::Object(
        {{"run", Type::Object({{"id", number},
                               {"name", text},
                               {"workflow", text},
                               {"requester", text},
                               {"created_at", text}})},
         {"stage", Type::Object({{"name", text}, {"epoch", number}, {"opened_at", text}})},
         {"votes", Type::List(vote)},
         {"history", Type::List(past_run)},
         {"calendars", Type::Map(text, calendar)}});
  }

  // They may be many: read only for an expression that asks for them.
  Value FactsOf(const gatewright::Context& context) const {
    const bool are_read = std::ranges::any_of(
        program_.inputs(), [](const std::string& path) { return path.starts_with("facts"); });
    if (!are_read || context.facts_json.empty()) return Value::Object({});
    return gatewright::policies::ToCel(gatewright::Json::Parse(context.facts_json), FactsType());
  }

  cel::Declarations Declare() const {
    const Type text = Type::String(), number = Type::Int();
    cel::Declarations known;
    known.Add("subject", subject_type_)
        .Add("inputs", gatewright::policies::TypeOfValue(inputs_))
        .Add(
            "run",
            Type::Object(
                {{"id", number}, {"workflow", text}, {"requester", text}, {"subjectDigest", text}}))
        .Add("stage", Type::Object({{"name", text}, {"epoch", number}}))
        .Add("now", Type::Timestamp())
        .Add("facts", FactsType());
    return known;
  }

  cel::Program Compile(const gatewright::Config& config) const {
    auto program = cel::Compile(
        config.String("expression"), Declare(),
        {.has_decisions = true, .results = {Type(cel::Kind::kDecision), Type::Bool()}});
    if (!program) throw gatewright::InvalidConfig("/expression: " + program.error().message);
    return *std::move(program);
  }

  cel::Bindings Bind(const gatewright::Context& context) const {
    const auto text = [](std::string_view view) { return Value::String(std::string(view)); };
    cel::Bindings bindings;
    bindings
        .Set("subject", gatewright::policies::ToCel(gatewright::Json::Parse(context.subject_json),
                                                    subject_type_))
        .Set("inputs", inputs_)
        .Set("run", Value::Object({{"id", Value::Int(context.run_id)},
                                   {"workflow", text(context.workflow)},
                                   {"requester", text(context.requester)},
                                   {"subjectDigest", text(context.subject_digest)}}))
        .Set("stage",
             Value::Object({{"name", text(context.stage)}, {"epoch", Value::Int(context.epoch)}}))
        .Set("facts", FactsOf(context));
    const auto now = cel::TimestampOfMicros(context.now.time_since_epoch().count());
    if (now) bindings.Set("now", Value::Of(*now));
    return bindings;
  }

  static gatewright::Verdict VerdictOf(const cel::Evaluation& evaluation) {
    const auto& value = evaluation.value;
    if (!value) {
      return gatewright::Abstain("the expression has no value: " + value.error().message);
    }
    if (value->Is(cel::Kind::kBool)) {
      return value->boolean() ? gatewright::Approve("the expression is true")
                              : gatewright::Abstain("the expression is false");
    }
    const cel::Decision& decision = value->decision();
    switch (decision.choice) {
      case cel::Decision::Choice::kApprove:
        return gatewright::Approve(decision.reason);
      case cel::Decision::Choice::kReject:
        return gatewright::Reject(decision.reason);
      case cel::Decision::Choice::kWait:
        return gatewright::AskAgainAfter(std::chrono::milliseconds(cel::ToMillis(decision.wait)),
                                         decision.reason);
      case cel::Decision::Choice::kAbstain:
        break;
    }
    return gatewright::Abstain(decision.reason.empty() ? "the expression has no opinion"
                                                       : decision.reason);
  }

  std::string EvidenceOf(const cel::Evaluation& evaluation) const {
    const auto& value = evaluation.value;
    bool is_cut = evaluation.is_trace_cut;
    const std::string trace = TraceOf(evaluation, is_cut);
    return gatewright::JsonObject()
        .Add("expression", Cut(program_.text(), kShownExpression))
        .AddJson("inputs", InputsOf())
        .AddJson("trace", trace)
        .Add("traceIsCut", is_cut)
        .Add("result", value ? cel::ToText(*value, kShownResult)
                             : Cut("error: " + value.error().message, kShownResult))
        .Add("cost", static_cast<std::int64_t>(evaluation.cost))
        .text();
  }

  std::string InputsOf() const {
    std::string list;
    for (const std::string& input : program_.inputs()) {
      if (list.size() + input.size() > kInputsBytes) break;
      if (!list.empty()) list += ',';
      gatewright::AppendQuoted(list, input);
    }
    return '[' + list + ']';
  }

  static std::string TraceOf(const cel::Evaluation& evaluation, bool& is_cut) {
    std::string list;
    for (const auto& entry : evaluation.trace) {
      const std::string line = gatewright::JsonObject()
                                   .Add("expression", entry.expression)
                                   .Add("value", entry.value)
                                   .text();
      if (list.size() + line.size() > kTraceBytes) {
        is_cut = true;
        break;
      }
      if (!list.empty()) list += ',';
      list += line;
    }
    return '[' + list + ']';
  }

  Type subject_type_;
  Value inputs_;
  cel::Program program_;
};

}  // namespace

GATEWRIGHT_PLUGIN("expr", "1.0.0", gatewright::Offer<Expr>)
