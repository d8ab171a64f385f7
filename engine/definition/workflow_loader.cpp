// Definition files that are text already.
#include "engine/definition/workflow_loader.h"

#include "engine/definition/file_set.h"

namespace gatewright::definition {
namespace {

LoadResult LoadText(std::string_view text, std::string_view file_name,
                    const ports::Plugins& plugins, Purpose purpose) {
  FileSet files(plugins, purpose);
  files.Add(std::string(text), std::string(file_name));
  return files.Load();
}

}  // namespace

LoadResult LoadWorkflows(std::string_view source_text, std::string_view file_name,
                         const ports::Plugins& plugins) {
  return LoadText(source_text, file_name, plugins, Purpose::kNew);
}

LoadResult LoadStored(std::string_view source_text, std::string_view file_name,
                      const ports::Plugins& plugins) {
  return LoadText(source_text, file_name, plugins, Purpose::kStored);
}

}  // namespace gatewright::definition
