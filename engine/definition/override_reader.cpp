#include "engine/definition/override_reader.h"

#include "engine/definition/gate_reader.h"
#include "engine/definition/plugin_use.h"

namespace gatewright::definition {
namespace {

constexpr Duration kShortest = std::chrono::minutes{1};
constexpr Duration kLongest = std::chrono::days{7};

}  // namespace

void ReadOverride(const Node& node, const LoadContext& context, const Scope& spec,
                  core::Workflow& workflow) {
  const Scope scope = spec.In("override");
  const Fields fields(scope, node, {{"from"}, {"secondPerson", "expires", "review"}, {}});
  core::OverrideSpec overriding;
  if (const Node* from = fields.Find("from")) overriding.from = ReadApprover(*from, context, scope);
  overriding.needs_second = fields.Bool("secondPerson").value_or(false);
  overriding.expires = fields.Time("expires", kShortest, kLongest).value_or(overriding.expires);
  if (const Node* review = fields.Map("review")) {
    overriding.review = ReadReview(*review, context, scope.In("review"));
    workflow.review.emplace();
    workflow.review->name = StageName(core::kReviewStage);
    workflow.review->gate = overriding.review;
  }
  workflow.overriding = std::move(overriding);
}

}  // namespace gatewright::definition
