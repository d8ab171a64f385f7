// engine/definition/workflow_loader.h: the text of a definition file as workflows, or as the list
// of everything that is wrong with it. A pure function of the text and the installed plugins.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/workflow.h"
#include "engine/definition/diagnostic.h"
#include "engine/ports/plugins.h"

namespace gatewright::definition {

struct Loaded {
  core::Workflow workflow;
  // The document it was read from, as written, followed by the policies it names: to be stored,
  // and read again with LoadStored.
  std::string source;
  std::string file;
  std::size_t line = 1;  // where it is named
  std::size_t column = 1;
};

// A file counts as a whole: with a single diagnostic, none of its workflows is there.
struct LoadResult {
  std::vector<Loaded> workflows;
  std::vector<Diagnostic> diagnostics;

  bool ok() const { return diagnostics.empty(); }
};

// Reads YAML or JSON, one or more documents of the kinds Workflow and Policy. `file_name` is only
// what diagnostics say.
LoadResult LoadWorkflows(std::string_view source_text, std::string_view file_name,
                         const ports::Plugins& plugins);

// The same for what was published once: what newer versions of this program would not publish any
// more (a gate that nobody can satisfy, a choice among too many rules, an expression) is still
// read.
LoadResult LoadStored(std::string_view source_text, std::string_view file_name,
                      const ports::Plugins& plugins);

// The same as LoadWorkflows for one file of the disk; policies may be in other files of its folder.
LoadResult LoadFile(const std::string& path, const ports::Plugins& plugins);

// Every *.yaml and *.yml of a folder (not of its subfolders), in the order of their names; hidden
// files and *_test.yaml are skipped and links followed, so that a mounted Kubernetes ConfigMap
// reads like a folder. Files without mistakes are loaded though others have some.
LoadResult LoadFolder(const std::string& path, const ports::Plugins& plugins);

}  // namespace gatewright::definition
