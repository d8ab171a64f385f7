// server/cli/workflow_folder.cpp: load, compare with what the file said before, publish.
#include "server/cli/workflow_folder.h"

#include <fmt/format.h>

#include <filesystem>

namespace gatewright::cli {
namespace {

std::string PublisherOf(const definition::Loaded& loaded) {
  return "file:" + std::filesystem::path(loaded.file).filename().string();
}

// The newest revision of this workflow that this file published; null: none yet.
runtime::RevisionPtr LastOfFile(const runtime::Workflows& workflows, const WorkflowName& name,
                                const std::string& publisher) {
  runtime::RevisionPtr last;
  for (runtime::RevisionPtr& revision : workflows.Revisions(name)) {
    if (revision->row.published_by == publisher) last = std::move(revision);
  }
  return last;
}

core::Principal ActorFor(const std::string& publisher) {
  core::Principal actor;
  actor.id = PrincipalId(publisher);
  actor.kind = core::PrincipalKind::kService;
  return actor;
}

}  // namespace

FolderReport WorkflowFolder::Load() {
  const definition::LoadResult result = definition::LoadFolder(path_, engine_.plugins());
  ReportMistakes(result);
  ReportGone(result);
  FolderReport report;
  report.mistakes = result.diagnostics.size();
  for (const definition::Loaded& loaded : result.workflows) {
    switch (PublishIfNew(loaded)) {
      case Step::kPublished:
        ++report.published;
        break;
      case Step::kUnchanged:
        ++report.unchanged;
        break;
      case Step::kFailed:
        ++report.mistakes;
        break;
    }
  }
  return report;
}

WorkflowFolder::Step WorkflowFolder::PublishIfNew(const definition::Loaded& loaded) {
  const std::string publisher = PublisherOf(loaded);
  const WorkflowName& name = loaded.workflow.name;
  const auto last = LastOfFile(engine_.workflows(), name, publisher);
  if (last && last->workflow.version == loaded.workflow.version) return Step::kUnchanged;

  auto published =
      engine_.Publish({ActorFor(publisher), loaded.workflow, loaded.source, publisher});
  if (!published) {
    log_.Error(fmt::format("{}: workflow '{}' was not published: {}", loaded.file, name.value,
                           published.error().message));
    return Step::kFailed;
  }
  const runtime::Revision& revision = **published;
  log_.Info(fmt::format("{}: workflow '{}' is now revision {}; open runs keep theirs", loaded.file,
                        name.value, revision.row.revision));
  for (const std::string& problem : revision.problems) {
    log_.Warning(fmt::format("{}: {}", loaded.file, problem));
  }
  return Step::kPublished;
}

void WorkflowFolder::ReportMistakes(const definition::LoadResult& result) {
  if (result.ok()) return;
  for (const definition::Diagnostic& diagnostic : result.diagnostics) {
    log_.Error(Format(diagnostic));
  }
  log_.Error(
      fmt::format("{}: {} mistake{}; what the files with mistakes said before stays in force",
                  path_, result.diagnostics.size(), result.diagnostics.size() == 1 ? "" : "s"));
}

// Runs need their workflow, so removing a file takes nothing back; but it should not pass unseen.
void WorkflowFolder::ReportGone(const definition::LoadResult& result) {
  std::set<std::string> broken;
  for (const auto& diagnostic : result.diagnostics) broken.insert(diagnostic.file);
  std::map<std::string, std::string> now;
  for (const auto& loaded : result.workflows) now[loaded.workflow.name.value] = loaded.file;
  for (const auto& [name, file] : files_of_names_) {
    if (now.contains(name)) continue;
    if (broken.contains(file)) {
      now[name] = file;
    } else {
      log_.Warning(
          fmt::format("{}: workflow '{}' is in no file any more; its last revision stays "
                      "in force",
                      file, name));
    }
  }
  files_of_names_ = std::move(now);
}

}  // namespace gatewright::cli
