// server/cli/site_files.h: the calendars and the directory that a platform team edits, kept in step
// with the engine. Both are optional, and neither is kept in the database: what the files say holds
// from when they are read. Not thread-safe: one thread at a time.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "engine/access/directory.h"
#include "engine/ports/log.h"
#include "engine/runtime/engine.h"

namespace gatewright::cli {

class SiteFiles {
 public:
  // `calendars`: a folder; `directory`: a file. The engine and the log must outlive it.
  SiteFiles(std::string calendars, std::string directory, runtime::Engine& engine, ports::Log& log)
      : calendars_path_(std::move(calendars)),
        directory_path_(std::move(directory)),
        engine_(engine),
        log_(log) {}

  // A file with mistakes changes nothing: each mistake is logged, and what it said before stays.
  void Load();
  // Called whenever who may come in, or what they may do, has been read anew. Before Load.
  void OnAccess(std::function<void(access::DirectoryPtr)> use) { use_access_ = std::move(use); }
  bool has_directory() const { return !directory_text_.empty(); }
  // Logs which calendars the current workflows name that are not there.
  void ReportMissing() const;

 private:
  void LoadCalendars();
  void LoadDirectory();

  std::string calendars_path_;
  std::string directory_path_;
  runtime::Engine& engine_;
  ports::Log& log_;
  std::map<std::string, std::string> versions_;  // of the calendars in force
  core::Calendars calendars_;
  std::string directory_text_;
  std::function<void(access::DirectoryPtr)> use_access_;
};

}  // namespace gatewright::cli
