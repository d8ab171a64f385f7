// plugins/approvers/names.h: one name or several, as `from: {role: qa}` and `from: {role: [qa,
// sre]}` say it, and how they are shown.
#pragma once

#include <string>
#include <vector>

// {"qa"} reads "role 'qa'"; several read "one of the roles 'qa', 'sre'".
inline std::string Describe(const char* one, const char* several,
                            const std::vector<std::string>& names) {
  std::string text = names.size() == 1 ? one : std::string("one of the ") + several;
  const char* separator = " ";
  for (const std::string& name : names) {
    text += separator;
    text += '\'' + name + '\'';
    separator = ", ";
  }
  return text;
}
