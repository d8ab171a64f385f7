#include "engine/runtime/eligibility.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatewright::runtime {
namespace {

ports::Context ContextOf(const LoadedRun& loaded, const StageName& stage, const RuleId& rule,
                         Time now) {
  const core::Run& run = loaded.run;
  const core::Stage* found = run.FindStage(stage);
  ports::Context context;
  context.run = run.id;
  context.workflow = run.workflow.value;
  context.stage = stage.value;
  context.rule = rule.value;
  context.epoch = found != nullptr && found->gate ? found->gate->epoch.value : 0;
  context.requester = run.requester.value;
  context.subject_json = run.subject_json;
  context.subject_digest = run.subject_digest;
  context.now = now;
  // Of a gate that is not open yet, who could vote now is what counts.
  const bool is_open = found != nullptr && found->gate && found->gate->is_open();
  context.began = is_open ? found->gate->opened_at : now;
  return context;
}

std::int64_t LevelOf(const LoadedRun& loaded, const StageName& stage) {
  const core::Stage* found = loaded.run.FindStage(stage);
  return found != nullptr && found->gate ? found->gate->escalated : 0;
}

// The approvers that may let somebody fill a rule: its own, and those that escalation has added.
struct RuleApprovers {
  std::vector<std::shared_ptr<ports::Approver>> approvers;
  std::string missing;  // the plugin that is not available
};

RuleApprovers ApproversOf(const LoadedRun& loaded, const core::StageSpec& stage,
                          const core::Rule& leaf) {
  RuleApprovers result;
  const auto add = [&](const std::shared_ptr<ports::Approver>& approver,
                       const std::string& plugin) {
    if (approver == nullptr) {
      result.missing = plugin;
    } else {
      result.approvers.push_back(approver);
    }
  };
  const Revision& revision = *loaded.revision;
  const auto own = revision.approvers.find({stage.name, leaf.id});
  add(own == revision.approvers.end() ? nullptr : own->second, leaf.from.plugin);
  for (std::int64_t level = 1; level <= LevelOf(loaded, stage.name); ++level) {
    const auto& rules = stage.gate->deadline->levels[static_cast<std::size_t>(level) - 1];
    const bool is_for_it =
        rules.rules.empty() || std::ranges::find(rules.rules, leaf.id) != rules.rules.end();
    const auto added = revision.escalations.find({stage.name, level});
    if (is_for_it && added != revision.escalations.end()) add(added->second, rules.add.plugin);
  }
  return result;
}

}  // namespace

Result<core::EligibilityFacts> AskApprovers(const LoadedRun& loaded, const core::StageSpec& stage,
                                            const core::Principal& actor, const Asking& asking) {
  core::EligibilityFacts facts;
  facts.stage = stage.name;
  facts.escalated = LevelOf(loaded, stage.name);
  std::string failures;
  for (const core::Rule* leaf : core::Leaves(stage.gate->rules)) {
    const RuleApprovers asked = ApproversOf(loaded, stage, *leaf);
    const auto context = ContextOf(loaded, stage.name, leaf->id, asking.now);
    bool is_eligible = false;
    std::string why_not;
    std::string failure;
    if (!asked.missing.empty()) {
      failure = fmt::format("approver '{}' is not available", asked.missing);
    }
    for (const auto& approver : asked.approvers) {
      auto answer = approver->Check(context, actor, asking.limit);
      if (!answer) {
        failure = answer.error().message;
      } else if (answer->is_eligible) {
        is_eligible = true;
        break;
      } else {
        why_not += fmt::format("{}{}", why_not.empty() ? "" : ", ", answer->reason);
      }
    }
    if (is_eligible) {
      facts.rules.push_back(leaf->id);
    } else if (!failure.empty()) {
      failures += fmt::format("; rule '{}': {}", leaf->id.value, failure);
    } else {
      facts.why_not += fmt::format("{}rule '{}': {}", facts.why_not.empty() ? "" : "; ",
                                   leaf->id.value, why_not);
    }
  }
  if (facts.rules.empty() && !failures.empty()) {
    return Error{ErrorCode::kUnavailable, fmt::format("gate '{}' cannot tell whether {} may vote{}",
                                                      stage.name.value, actor.id.value, failures)};
  }
  facts.why_not = fmt::format("{} may not vote on gate '{}': {}", actor.id.value, stage.name.value,
                              facts.why_not);
  return facts;
}

std::vector<core::Principal> DelegatorsFor(const LoadedRun& loaded, const StageName& stage,
                                           const PrincipalId& actor, const Asking& asking) {
  std::vector<core::Principal> principals;
  if (asking.site->site.delegations.empty()) return principals;
  for (core::Delegator& one : core::DelegatorsOf(asking.site->site, actor, loaded.run,
                                                 loaded.revision->workflow, stage, asking.now)) {
    const core::Principal* known = asking.directory ? asking.directory->Find(one.id) : nullptr;
    if (known != nullptr) {
      principals.push_back(*known);
      continue;
    }
    core::Principal principal;
    principal.id = std::move(one.id);
    principal.roles = std::move(one.roles);
    principal.groups = std::move(one.groups);
    principals.push_back(std::move(principal));
  }
  return principals;
}

Result<ports::Eligibility> AskOverriders(const LoadedRun& loaded, const core::Principal& actor,
                                         const Asking& asking) {
  const Revision& revision = *loaded.revision;
  if (!revision.workflow.overriding) return ports::Eligibility{false, ""};
  if (revision.overriders == nullptr) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("approver '{}' is not available, so that nobody can tell whether {} "
                             "may override",
                             revision.workflow.overriding->from.plugin, actor.id.value)};
  }
  const auto context = ContextOf(loaded, loaded.run.current_stage, RuleId{"override"}, asking.now);
  GW_TRY(answer, revision.overriders->Check(context, actor, asking.limit));
  if (!answer.is_eligible) {
    answer.reason = fmt::format("{} may not override rules of workflow '{}': {}", actor.id.value,
                                loaded.run.workflow.value, answer.reason);
  }
  return answer;
}

std::vector<core::RulePeople> ListPeople(const LoadedRun& loaded, const core::StageSpec& stage,
                                         const Directory& directory, const Asking& asking) {
  std::vector<core::RulePeople> rules;
  for (const core::Rule* leaf : core::Leaves(stage.gate->rules)) {
    const RuleApprovers asked = ApproversOf(loaded, stage, *leaf);
    if (!asked.missing.empty()) continue;
    const auto context = ContextOf(loaded, stage.name, leaf->id, asking.now);
    core::RulePeople people{leaf->id, {}};
    bool is_known = true;
    for (const core::Principal& person : directory.people()) {
      for (const auto& approver : asked.approvers) {
        const auto answer = approver->Check(context, person, asking.limit);
        is_known = is_known && answer.has_value();
        if (!answer || !answer->is_eligible) continue;
        people.people.push_back(person.id);
        break;
      }
      if (!is_known) break;
    }
    if (is_known) rules.push_back(std::move(people));
  }
  return rules;
}

}  // namespace gatewright::runtime
