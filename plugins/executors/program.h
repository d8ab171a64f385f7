// plugins/executors/program.h: which program to run, and with which environment. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

// What a child gets; nothing of the server's own environment comes along unless it is named.
class Environment {
 public:
  // Each entry is NAME=value, or NAME alone for the server's own value (left out when it has none).
  // Throws InvalidConfig for a name the engine sets itself, and for a NUL byte.
  explicit Environment(const std::vector<std::string>& declared);

  void Set(std::string_view name, std::string_view value);
  std::string Get(std::string_view name) const;  // empty when not set
  const std::vector<std::string>& entries() const { return entries_; }

 private:
  std::vector<std::string> entries_;  // NAME=value
};

struct Program {
  std::string path;     // absolute or relative to the working directory; empty when not found
  std::string problem;  // why it cannot be run, a sentence
};

// `name` with a slash is a path, relative to `cwd`; without one it is looked up in `search_path`.
// An empty `cwd` is the server's own working directory.
Program FindProgram(const std::string& name, const std::string& cwd,
                    const std::string& search_path);
