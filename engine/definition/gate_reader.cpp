#include "engine/definition/gate_reader.h"

#include <fmt/format.h>

#include <array>

#include "engine/definition/auto_reader.h"
#include "engine/definition/deadline_reader.h"
#include "engine/definition/possibility.h"
#include "engine/definition/rule_reader.h"
#include "engine/definition/schema_reader.h"
#include "engine/definition/vote_rules_reader.h"

namespace gatewright::definition {
namespace {

constexpr std::uint32_t kMaxThreshold = 1'000;
constexpr std::size_t kMaxSeparations = 8;

core::RejectRule ReadReject(const Node& node, const Scope& scope) {
  constexpr std::array<std::string_view, 2> kWords = {"veto", "block"};
  core::RejectRule reject;
  if (node.is_map()) {
    const Fields fields(scope.In("reject"), node, {{"threshold"}, {}, {}});
    reject.kind = core::RejectKind::kThreshold;
    reject.threshold = fields.Count("threshold", 1, kMaxThreshold).value_or(1);
  } else if (!node.is_string()) {
    scope.Report(node.mark(), codes::kWrongType,
                 fmt::format("'reject': expected veto, block or {{threshold: n}}, found {}",
                             Describe(node)));
  } else if (const auto word = scope.AsChoice(node, "reject", kWords)) {
    reject.kind = *word == 0 ? core::RejectKind::kVeto : core::RejectKind::kBlock;
  }
  return reject;
}

std::string ReadForm(const Node& form, const Scope& gate) {
  const Scope scope = gate.In("form");
  const Node* type = form.Find("type");
  if (!type || !type->is_string() || type->text() != "object") {
    scope.Report(type ? type->mark() : form.mark(), codes::kBadSchema,
                 "a form is always an object: write 'type: object'");
  }
  return ReadSchema(form, "form", scope);
}

class GateReader {
 public:
  GateReader(const Fields& fields, const LoadContext& context, const Scope& scope)
      : fields_(fields), context_(context), scope_(scope), rules_(context, scope) {}

  core::GateSpec Read() {
    core::GateSpec gate;
    const std::size_t problems_before = scope_.problem_count();
    const Node* list = fields_.List("rules", 1, kMaxRules);
    if (list) ReadRules(*list, gate);
    if (const Node* reject = fields_.Find("reject")) gate.reject = ReadReject(*reject, scope_);
    if (const Node* words = fields_.List("separationOfDuties", 0, kMaxSeparations)) {
      gate.separation = ReadSeparation(*words, context_, scope_);
    }
    gate.is_distinct = fields_.Bool("distinct").value_or(true);
    gate.needs_human = fields_.Bool("humanRequired").value_or(false);
    if (const Node* form = fields_.Map("form")) gate.form_schema_json = ReadForm(*form, scope_);
    if (const Node* voters = fields_.List("auto", 0, kMaxAutoVoters)) {
      gate.auto_voters = ReadAutoVoters(*voters, rules_, context_, scope_);
    }
    if (const Node* deadline = fields_.Map("deadline")) {
      gate.deadline = ReadDeadline(*deadline, rules_, context_, scope_);
    }
    if (const Node* votes = fields_.Map("votes")) {
      gate.votes = ReadVoteRules(*votes, context_, scope_);
    }
    const bool is_new = context_.purpose == Purpose::kNew;
    if (list && is_new && scope_.problem_count() == problems_before) {
      ReportImpossible(gate, list->mark());
    }
    return gate;
  }

 private:
  void ReadRules(const Node& list, core::GateSpec& gate) {
    gate.rules = rules_.ReadList(list, core::RuleKind::kAll);
    if (rules_.leaves() <= kMaxRules) return;
    scope_.Report(list.mark(), codes::kTooMany,
                  fmt::format("'rules': {} rules are too many for one gate (allowed: {})",
                              rules_.leaves(), kMaxRules));
  }

  void ReportImpossible(const core::GateSpec& gate, Mark rules) {
    for (const Impossibility& found : FindImpossible(gate)) {
      const auto place = rules_.ids().find(found.rule.value);
      scope_.Report(place == rules_.ids().end() ? rules : place->second, codes::kImpossible,
                    found.message);
    }
  }

  const Fields& fields_;
  const LoadContext& context_;
  const Scope& scope_;
  RuleReader rules_;
};

}  // namespace

ReadGateResult ReadGate(const Node& node, const LoadContext& context, const Scope& scope) {
  const Fields fields(scope, node,
                      {{"rules"},
                       {"reject", "separationOfDuties", "distinct", "humanRequired", "form", "auto",
                        "deadline", "votes"},
                       {}});
  return {GateReader(fields, context, scope).Read(), fields.Find("form")};
}

core::GateSpec ReadReview(const Node& node, const LoadContext& context, const Scope& scope) {
  const Fields fields(
      scope, node,
      {{"rules"},
       {"reject", "separationOfDuties", "distinct", "humanRequired", "form", "deadline", "within"},
       {}});
  core::GateSpec gate = GateReader(fields, context, scope).Read();
  const auto within = fields.Time("within", kMinDeadline, kMaxDeadline);
  if (fields.Find("within") && fields.Find("deadline")) {
    scope.Report(fields.Find("within")->mark(), codes::kBadValue,
                 "'within' and 'deadline' say the same thing twice (allowed: one of them)");
  } else if (within) {
    gate.deadline.emplace();
    gate.deadline->after = *within;
    gate.deadline->on_timeout = core::OnTimeout::kEscalate;
  }
  return gate;
}

}  // namespace gatewright::definition
