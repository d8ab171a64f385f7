#include "engine/core/workflow.h"

#include <algorithm>

namespace gatewright::core {
namespace {

void Collect(const Rule& rule, std::vector<const Rule*>& leaves) {
  if (rule.kind == RuleKind::kLeaf) leaves.push_back(&rule);
  for (const Rule& child : rule.children) Collect(child, leaves);
}

}  // namespace

const StageSpec* Workflow::FindStage(const StageName& stage) const {
  const auto found = std::ranges::find(stages, stage, &StageSpec::name);
  if (found != stages.end()) return &*found;
  const auto undoing = std::ranges::find(rollbacks, stage, &StageSpec::name);
  if (undoing != rollbacks.end()) return &*undoing;
  return review && review->name == stage ? &*review : nullptr;
}

std::size_t Workflow::IndexOf(const StageName& stage) const {
  return static_cast<std::size_t>(std::ranges::find(stages, stage, &StageSpec::name) -
                                  stages.begin());
}

std::vector<const Rule*> Leaves(const Rule& rule) {
  std::vector<const Rule*> leaves;
  Collect(rule, leaves);
  return leaves;
}

}  // namespace gatewright::core
