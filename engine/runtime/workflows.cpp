#include "engine/runtime/workflows.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatewright::runtime {
namespace {

class RevisionMaker {
 public:
  RevisionMaker(core::Workflow workflow, ports::WorkflowRow row, ports::Plugins& plugins)
      : plugins_(plugins), revision_(std::make_shared<Revision>()) {
    revision_->workflow = std::move(workflow);
    revision_->row = std::move(row);
  }

  RevisionPtr Make() && {
    const core::Workflow& workflow = revision_->workflow;
    if (!workflow.subject_schema_json.empty()) {
      revision_->subject_schema = Compile("subject", workflow.subject_schema_json);
    }
    for (const core::StageSpec& stage : workflow.stages) MakeStage(stage);
    for (const core::NotifyRule& rule : workflow.notify) {
      revision_->notifiers.push_back(
          Keep("notify", plugins_.MakeNotifier(rule.use.plugin, rule.use.with_json)));
    }
    return std::move(revision_);
  }

 private:
  void MakeStage(const core::StageSpec& stage) {
    if (!stage.when_schema_json.empty()) {
      if (auto schema = Compile(stage.name.value, stage.when_schema_json)) {
        revision_->when.emplace(stage.name, *std::move(schema));
      }
    }
    if (!stage.gate) return;
    for (const core::Rule* leaf : core::Leaves(stage.gate->rules)) {
      const core::PluginUse& use = leaf->from;
      const ports::Offer* offer = plugins_.Find(ports::PluginKind::kApprover, use.plugin);
      if (offer == nullptr || !offer->is_pure) revision_->has_only_pure_approvers = false;
      revision_->approvers[{stage.name, leaf->id}] =
          Keep(stage.name.value, plugins_.MakeApprover(use.plugin, use.with_json));
    }
    for (const core::AutoVoter& voter : stage.gate->auto_voters) {
      revision_->policies[{stage.name, voter.id}] =
          Keep(stage.name.value, plugins_.MakePolicy(voter.use.plugin, voter.use.with_json));
    }
  }

  std::optional<codec::JsonSchema> Compile(std::string_view where, std::string_view json) {
    auto schema = codec::JsonSchema::Compile(json);
    if (schema) return *std::move(schema);
    revision_->problems.push_back(fmt::format("{}: {}", where, schema.error().message));
    return std::nullopt;
  }

  template <class T>
  std::shared_ptr<T> Keep(std::string_view where, Result<std::shared_ptr<T>> made) {
    if (made) return *std::move(made);
    revision_->problems.push_back(fmt::format("{}: {}", where, made.error().message));
    return nullptr;
  }

  ports::Plugins& plugins_;
  std::shared_ptr<Revision> revision_;
};

}  // namespace

RevisionPtr MakeRevision(core::Workflow workflow, ports::WorkflowRow row, ports::Plugins& plugins) {
  return RevisionMaker(std::move(workflow), std::move(row), plugins).Make();
}

void Workflows::Add(RevisionPtr revision) {
  const std::lock_guard lock(mutex_);
  const WorkflowName name = revision->workflow.name;
  by_name_[name].push_back(revision);
  by_version_[revision->workflow.version] = revision;
  if (revision->row.is_current) current_[name] = std::move(revision);
}

RevisionPtr Workflows::Current(const WorkflowName& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = current_.find(name);
  return found == current_.end() ? nullptr : found->second;
}

RevisionPtr Workflows::Pinned(const WorkflowVersion& version) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_version_.find(version);
  return found == by_version_.end() ? nullptr : found->second;
}

std::vector<RevisionPtr> Workflows::AllCurrent() const {
  const std::lock_guard lock(mutex_);
  std::vector<RevisionPtr> all;
  for (const auto& [name, revision] : current_) all.push_back(revision);
  return all;
}

std::vector<RevisionPtr> Workflows::Revisions(const WorkflowName& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? std::vector<RevisionPtr>{} : found->second;
}

}  // namespace gatewright::runtime
