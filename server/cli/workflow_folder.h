// server/cli/workflow_folder.h: the folder a platform team edits, kept in step with the engine.
// A file is published when its content differs from what the same file published last. So a
// revision that came over HTTP is not undone by a restart, and an untouched file does nothing.
// Not thread-safe: one thread at a time.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "engine/definition/workflow_loader.h"
#include "engine/ports/log.h"
#include "engine/runtime/engine.h"

namespace gatewright::cli {

struct FolderReport {
  std::size_t published = 0;
  std::size_t unchanged = 0;
  std::size_t mistakes = 0;
};

class WorkflowFolder {
 public:
  // All three must outlive it.
  WorkflowFolder(std::string path, runtime::Engine& engine, ports::Log& log)
      : path_(std::move(path)), engine_(engine), log_(log) {}

  // Reads the whole folder. A file with mistakes changes nothing: each mistake is logged, and the
  // revision in force stays.
  FolderReport Load();

 private:
  enum class Step { kPublished = 1, kUnchanged, kFailed };
  Step PublishIfNew(const definition::Loaded& loaded);
  void ReportMistakes(const definition::LoadResult& result);
  void ReportGone(const definition::LoadResult& result);

  std::string path_;
  runtime::Engine& engine_;
  ports::Log& log_;
  std::map<std::string, std::string> files_of_names_;  // workflow → its file, as last seen
};

}  // namespace gatewright::cli
