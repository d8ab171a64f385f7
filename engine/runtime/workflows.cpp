#include "engine/runtime/workflows.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/runtime/secrets.h"

namespace gatewright::runtime {
namespace {

class RevisionMaker {
 public:
  RevisionMaker(core::Workflow workflow, ports::WorkflowRow row, ports::Plugins& plugins,
                const codec::SecretReader& read_secret)
      : plugins_(plugins), read_secret_(read_secret), revision_(std::make_shared<Revision>()) {
    revision_->workflow = std::move(workflow);
    revision_->row = std::move(row);
  }

  RevisionPtr Make() && {
    const core::Workflow& workflow = revision_->workflow;
    if (!workflow.subject_schema_json.empty()) {
      revision_->subject_schema = Compile("subject", workflow.subject_schema_json);
    }
    for (const core::StageSpec& stage : workflow.stages) MakeStage(stage);
    for (const core::StageSpec& stage : workflow.rollbacks) MakeStage(stage);
    if (workflow.review) MakeStage(*workflow.review);
    if (workflow.overriding) {
      revision_->overriders = MakeApprover("override", workflow.overriding->from);
    }
    for (const core::NotifyRule& rule : workflow.notify) {
      const auto filled = FillSettings(rule.use.with_json, read_secret_);
      revision_->notifier_secrets.push_back(filled ? filled->secrets : std::vector<std::string>{});
      // Those for people are made for each of them.
      revision_->notifiers.push_back(
          rule.to == core::NotifyTo::kChannel
              ? Keep("notify", MakeWith(rule.use, &ports::Plugins::MakeNotifier))
              : nullptr);
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
      revision_->approvers[{stage.name, leaf->id}] = MakeApprover(stage.name.value, leaf->from);
    }
    if (stage.gate->deadline) {
      std::int64_t level = 0;
      for (const core::Escalation& escalation : stage.gate->deadline->levels) {
        revision_->escalations[{stage.name, ++level}] =
            MakeApprover(stage.name.value, escalation.add);
      }
    }
    if (!stage.gate->form_schema_json.empty()) {
      if (auto schema = Compile(stage.name.value, stage.gate->form_schema_json)) {
        revision_->forms.emplace(stage.name, *std::move(schema));
      }
    }
    if (!stage.gate->votes.keep_if.empty()) {
      auto program = cel::Compile(stage.gate->votes.keep_if, KeepIfVariables(),
                                  {.results = {cel::Type::Bool()}});
      if (program) {
        revision_->keep_if.emplace(stage.name, *std::move(program));
      } else {
        revision_->problems.push_back(
            fmt::format("{}: keepIf: {}", stage.name.value, program.error().message));
      }
    }
    for (const core::AutoVoter& voter : stage.gate->auto_voters) {
      revision_->policies[{stage.name, voter.id}] =
          Keep(stage.name.value, MakeWith(voter.use, &ports::Plugins::MakePolicy));
    }
  }

  // What the settings refer to as secrets goes to the plugin, and not into what went wrong.
  template <class Port>
  Result<Port> MakeWith(const core::PluginUse& use,
                        Result<Port> (ports::Plugins::*make)(std::string_view, std::string_view)) {
    GW_TRY(filled, FillSettings(use.with_json, read_secret_));
    auto made = (plugins_.*make)(use.plugin, filled.json);
    if (made) return made;
    return Error{made.error().code, Redacted(made.error().message, filled.secrets)};
  }

  std::shared_ptr<ports::Approver> MakeApprover(std::string_view where,
                                                const core::PluginUse& use) {
    const ports::Offer* offer = plugins_.Find(ports::PluginKind::kApprover, use.plugin);
    if (offer == nullptr || !offer->is_pure) revision_->has_only_pure_approvers = false;
    return Keep(where, MakeWith(use, &ports::Plugins::MakeApprover));
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
  const codec::SecretReader& read_secret_;
  std::shared_ptr<Revision> revision_;
};

}  // namespace

RevisionPtr MakeRevision(core::Workflow workflow, ports::WorkflowRow row, ports::Plugins& plugins,
                         const codec::SecretReader& read_secret) {
  return RevisionMaker(std::move(workflow), std::move(row), plugins, read_secret).Make();
}

const cel::Declarations& KeepIfVariables() {
  static const cel::Declarations variables = [] {
    cel::Declarations made;
    for (const char* name : {"old", "new", "run", "stage"}) made.Add(name, cel::Type::Dyn());
    return made;
  }();
  return variables;
}

void Workflows::Retire(const WorkflowName& name) {
  const std::lock_guard lock(mutex_);
  current_.erase(name);
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
