// server/cli/places.cpp: looks at the folders around the executable.
#include "server/cli/places.h"

#include <filesystem>

namespace gatewright::cli {
namespace {

namespace fs = std::filesystem;

bool IsFolder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

std::string FirstFolder(std::initializer_list<fs::path> candidates) {
  for (const fs::path& candidate : candidates) {
    if (IsFolder(candidate)) return candidate.lexically_normal().string();
  }
  return {};
}

}  // namespace

Places FindPlaces(const std::string& program, const std::string& working_folder,
                  const std::string& etc) {
  const fs::path beside = fs::path(program).parent_path().parent_path();  // PREFIX, build/release
  const fs::path shared = beside / "share/gatewright/config";
  Places places;
  places.is_installed = IsFolder(shared);
  if (places.is_installed) {
    places.config = FirstFolder({fs::path(etc) / "gatewright", shared});
    places.plugins = FirstFolder({beside / "lib/gatewright/plugins"});
    places.database = "/var/lib/gatewright/gatewright.db";
    return places;
  }
  // Only a folder that looks like ours: `config` is a common name.
  const fs::path here = fs::path(working_folder) / "config";
  const fs::path checkout = beside.parent_path().parent_path() / "config";
  if (IsFolder(here / "workflows")) {
    places.config = "config";
  } else if (IsFolder(checkout / "workflows")) {
    places.config = checkout.string();
  }
  places.plugins = FirstFolder({beside / "plugins", beside / "lib/gatewright/plugins"});
  places.database = "data/gatewright.db";
  return places;
}

Places FindPlaces() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path here = fs::current_path(error);
  return FindPlaces(program.string(), here.string(), "/etc");
}

}  // namespace gatewright::cli
