// engine/runtime/workflows.h: every published workflow version, ready to be used: its plugins
// created, its schemas compiled. Read from many threads without a lock held over anything slow.
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/cel/cel.h"
#include "engine/codec/json_schema.h"
#include "engine/codec/secrets.h"
#include "engine/core/workflow.h"
#include "engine/ports/plugins.h"
#include "engine/ports/store.h"

namespace gatewright::runtime {

// One version of a workflow with what it needs to run. Immutable. A plugin that could not be made
// is null here and its problem is in `problems`: whoever needs it fails with that sentence.
struct Revision {
  core::Workflow workflow;
  ports::WorkflowRow row;  // name, revision, source, who published it and when

  std::optional<codec::JsonSchema> subject_schema;
  std::map<StageName, codec::JsonSchema> when;
  std::map<std::pair<StageName, RuleId>, std::shared_ptr<ports::Approver>> approvers;
  // Whom each level of a gate's escalation adds; by stage and level, from 1.
  std::map<std::pair<StageName, std::int64_t>, std::shared_ptr<ports::Approver>> escalations;
  std::shared_ptr<ports::Approver> overriders;  // null: nobody may override
  std::map<StageName, codec::JsonSchema> forms;
  std::map<StageName, cel::Program> keep_if;
  std::map<std::pair<StageName, std::string>, std::shared_ptr<ports::Policy>> policies;
  std::vector<std::shared_ptr<ports::Notifier>> notifiers;  // by index in workflow.notify
  std::vector<std::vector<std::string>> notifier_secrets;   // of their settings; not to be shown
  std::vector<std::string> problems;
  bool has_only_pure_approvers = true;
};

using RevisionPtr = std::shared_ptr<const Revision>;

// Never fails: what could not be made is a problem in the revision.
RevisionPtr MakeRevision(core::Workflow workflow, ports::WorkflowRow row, ports::Plugins& plugins,
                         const codec::SecretReader& read_secret);

// The variables of a `keepIf`: the subjects before and after, and what is known of the run.
const cel::Declarations& KeepIfVariables();

class Workflows {
 public:
  void Add(RevisionPtr revision);  // becomes current when its row says so

  // No revision of this name is current any more.
  void Retire(const WorkflowName& name);

  RevisionPtr Current(const WorkflowName& name) const;                 // null: no such workflow
  RevisionPtr Pinned(const WorkflowVersion& version) const;            // null: never published
  std::vector<RevisionPtr> AllCurrent() const;                         // by name
  std::vector<RevisionPtr> Revisions(const WorkflowName& name) const;  // oldest first

 private:
  mutable std::mutex mutex_;
  std::map<WorkflowName, std::vector<RevisionPtr>> by_name_;
  std::map<WorkflowName, RevisionPtr> current_;
  std::unordered_map<WorkflowVersion, RevisionPtr> by_version_;
};

}  // namespace gatewright::runtime
