#include "program.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <gatewright/error.hpp>
#include <system_error>
#include <utility>

namespace {

// The same everywhere, whatever the server was started with.
constexpr char kDefaultSearchPath[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Null when it can be run, else why not.
const char* FindProblem(const std::string& path) {
  struct stat facts;
  if (stat(path.c_str(), &facts) != 0) {
    return errno == ENOENT || errno == ENOTDIR ? "there is no such file" : "it cannot be looked at";
  }
  if (!S_ISREG(facts.st_mode)) return "it is not a regular file";
  if (access(path.c_str(), X_OK) != 0) return "it is not executable (try: chmod +x)";
  return nullptr;
}

std::string InFolder(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : (std::filesystem::path(folder) / name).string();
}

}  // namespace

Environment::Environment(const std::vector<std::string>& declared) {
  Set("PATH", kDefaultSearchPath);
  for (const std::string& entry : declared) {
    if (entry.find('\0') != std::string::npos) {
      throw gatewright::InvalidConfig("/env: expected no NUL byte in '" + entry + "'");
    }
    const auto equals = entry.find('=');
    const std::string name = entry.substr(0, equals);
    if (name.starts_with("GATEWRIGHT_")) {
      throw gatewright::InvalidConfig(
          "/env: expected a name that does not start with GATEWRIGHT_, "
          "which the engine sets itself, found '" +
          name + "'");
    }
    if (equals == std::string::npos && name.starts_with("APPROVAL_")) {
      throw gatewright::InvalidConfig("/env: the server's own settings are not passed on, found '" +
                                      name + "'");
    }
    if (equals != std::string::npos) {
      Set(name, entry.substr(equals + 1));
    } else if (const char* const own = std::getenv(name.c_str())) {
      Set(name, own);
    }
  }
}

void Environment::Set(std::string_view name, std::string_view value) {
  std::string entry(name);
  entry += '=';
  const std::size_t prefix = entry.size();
  entry += value;
  for (std::string& known : entries_) {
    if (known.compare(0, prefix, entry, 0, prefix) == 0) {
      known = std::move(entry);
      return;
    }
  }
  entries_.push_back(std::move(entry));
}

std::string Environment::Get(std::string_view name) const {
  for (const std::string& entry : entries_) {
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') {
      return entry.substr(name.size() + 1);
    }
  }
  return {};
}

Program FindProgram(const std::string& name, const std::string& cwd,
                    const std::string& search_path) {
  if (name.find('/') != std::string::npos) {
    const std::string path = name.front() == '/' ? name : InFolder(cwd, name);
    if (const char* const problem = FindProblem(path)) {
      return {"", "expected a program at '" + path + "', but " + problem};
    }
    return {name, ""};
  }
  for (std::size_t at = 0; at <= search_path.size();) {
    const std::size_t end = std::min(search_path.find(':', at), search_path.size());
    const std::string folder = search_path.substr(at, end - at);
    // An empty or relative entry would mean "whatever folder we are in": not a place to trust.
    if (folder.starts_with('/')) {
      std::string path = InFolder(folder, name);
      if (!FindProblem(path)) return {std::move(path), ""};
    }
    at = end + 1;
  }
  return {"", "expected a program '" + name + "' in one of " + search_path + ", found none"};
}
