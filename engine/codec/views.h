// engine/codec/views.h: what callers are shown, as JSON. The same thing has the same members and
// the same bytes wherever it appears: in a list, as the answer to a command, in a problem.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/explain.h"
#include "engine/core/locks.h"
#include "engine/core/run.h"
#include "engine/core/site.h"
#include "engine/core/workflow.h"
#include "engine/ports/plugins.h"
#include "engine/ports/store.h"

namespace gatewright::codec {

// A run in one line of a list, borrowed from where it is kept.
struct RunSummary {
  RunId id;
  std::string_view name;
  std::string_view workflow;
  std::string_view workflow_version;
  std::string_view state;
  core::RunStatus status = core::RunStatus::kWaiting;
  std::string_view stage;  // empty when finished
  std::string_view requester;
  Sequence version;
  Time created_at;
  Time updated_at;
};

RunSummary SummaryOf(const ports::RunRow& row);
RunSummary SummaryOf(const core::Run& run);

// `changed`: for the answer to a command; false when there was nothing to change.
void AppendRunSummary(std::string& out, const RunSummary& run,
                      std::optional<bool> changed = std::nullopt);
// As AppendRunSummary, but `state` says "executing" while the run is.
void AppendDeployment(std::string& out, const RunSummary& run,
                      std::optional<bool> changed = std::nullopt);

// How far a running attempt says it is.
struct ProgressView {
  AttemptNumber number{1};
  int percent = 0;  // -1: it cannot say
  std::string text;
  Time at;
};

// The word `AppendDeployment` shows while an action runs.
inline constexpr std::string_view kExecutingState = "executing";

// Everything about a run. `workflow` is the version it is pinned to; null when that is not known,
// and then stages ahead and the figures of the rules are left out.
// `progress`: of its attempts that run, as far as they said something.
void AppendRun(std::string& out, const core::Run& run, const core::Workflow* workflow,
               const std::vector<ProgressView>& progress = {});
void AppendAttempt(std::string& out, const core::Attempt& attempt,
                   const std::vector<ProgressView>& progress = {});
// Why a run waits, and what the viewer may do about it: docs/explain.md.
void AppendExplanation(std::string& out, const core::Explanation& explanation);

void AppendStop(std::string& out, const core::Stop& stop);
void AppendDelegation(std::string& out, const core::Delegation& delegation);
// A lock with who holds it and who stands in line, by position: {key, holders, queue}.
void AppendLock(std::string& out, const std::string& key,
                const std::vector<core::LockClaim>& claims);

// One object per event: {position, sequence, index, at, actor, event}.
void AppendHistory(std::string& out, const ports::Entry& entry);
// One object per entry, as the live feed sends it.
void AppendFeedEntry(std::string& out, const ports::Entry& entry);
// The topic of the entry's first event that has one; when none has, "run", or "site" in the log of
// the installation.
std::string_view TopicOf(const ports::Entry& entry);

void AppendPlugin(std::string& out, const ports::PluginInfo& plugin);
void AppendStageType(std::string& out, const ports::Offer& offer);

void AppendWorkflowSummary(std::string& out, const core::Workflow& workflow,
                           const ports::WorkflowRow& row, const std::vector<std::string>& problems);
void AppendWorkflow(std::string& out, const core::Workflow& workflow, const ports::WorkflowRow& row,
                    const std::vector<std::string>& problems);
// A revision in the list of a workflow's revisions.
void AppendRevision(std::string& out, const ports::WorkflowRow& row);

// {"items":[ … ],"next_cursor": … }: open, append the items, close.
void OpenPage(std::string& out);
void ClosePage(std::string& out, std::string_view next_cursor = {});

}  // namespace gatewright::codec
