#include "engine/definition/vote_rules_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "engine/base/edit_distance.h"
#include "engine/definition/expression.h"
#include "engine/definition/lists.h"

namespace gatewright::definition {
namespace {

constexpr Duration kShortest = std::chrono::seconds{1};
constexpr Duration kLongest = std::chrono::days{366};
constexpr std::size_t kMaxExpression = 4'096;

void ReadResetFrom(const Fields& fields, const LoadContext& context, const Scope& scope,
                   core::VoteRules& votes) {
  const auto name = fields.Name("resetFrom", kIdentifierRule);
  if (!name) return;
  votes.reset_from = StageName(*name);
  std::vector<std::string_view> known;
  for (const KnownStage& stage : context.earlier) known.push_back(stage.name);
  known.push_back(context.stage);
  if (std::find(known.begin(), known.end(), *name) != known.end()) return;
  scope.Report(
      fields.Find("resetFrom")->mark(), codes::kUnknownName,
      fmt::format("'resetFrom': '{}' is neither this stage nor an earlier one (allowed: {}).{}",
                  *name, fmt::join(known, ", "),
                  DidYouMeanSuffix(*name, std::span<const std::string_view>(known))));
}

void ReadKeepIf(const Fields& fields, const LoadContext& context, const Scope& scope,
                core::VoteRules& votes) {
  const auto text = fields.Text("keepIf", kMaxExpression);
  if (!text) return;
  votes.keep_if = *text;
  if (context.purpose == Purpose::kStored) return;
  // Quotes, folding and escapes hide where a line of the expression stands in the file, so its own
  // count is told.
  for (const ExpressionProblem& problem : CheckExpression(*text)) {
    scope.Report(fields.Find("keepIf")->mark(), codes::kBadExpression,
                 fmt::format("'keepIf': line {}, column {} of the expression: {}", problem.line,
                             problem.column, problem.message));
  }
}

void ReadOnSubjectChange(const Node& node, const LoadContext& context, const Scope& votes_scope,
                         core::VoteRules& votes) {
  if (IsText(&node, "reset")) return;
  if (!node.is_map()) {
    return votes_scope.Report(node.mark(), node.is_string() ? codes::kBadValue : codes::kWrongType,
                              fmt::format("'onSubjectChange': expected reset, {{resetFrom: stage}} "
                                          "or {{keepIf: expression}}, found {}",
                                          Describe(node)));
  }
  const Scope scope = votes_scope.In("onSubjectChange");
  if (node.Find("keepIf")) {
    const Fields fields(scope, node, {{"keepIf"}, {}, {}});
    votes.on_subject_change = core::OnSubjectChange::kKeepIf;
    ReadKeepIf(fields, context, scope, votes);
  } else {
    const Fields fields(scope, node, {{"resetFrom"}, {}, {}});
    votes.on_subject_change = core::OnSubjectChange::kResetFrom;
    ReadResetFrom(fields, context, scope, votes);
  }
}

}  // namespace

core::VoteRules ReadVoteRules(const Node& node, const LoadContext& context, const Scope& gate) {
  constexpr std::array<std::string_view, 2> kEarly = {"refuse", "hold"};
  const Scope scope = gate.In("votes");
  const Fields fields(scope, node,
                      {{}, {"ttl", "reuse", "onSubjectChange", "earlyVotes", "requireDigest"}, {}});
  core::VoteRules votes;
  votes.ttl = fields.Time("ttl", kShortest, kLongest);
  votes.reuse_within = fields.Time("reuse", kShortest, kLongest);
  if (const Node* change = fields.Find("onSubjectChange")) {
    ReadOnSubjectChange(*change, context, scope, votes);
  }
  votes.holds_early = fields.Choice("earlyVotes", kEarly) == std::size_t{1};
  votes.needs_digest = fields.Bool("requireDigest").value_or(false);
  return votes;
}

}  // namespace gatewright::definition
