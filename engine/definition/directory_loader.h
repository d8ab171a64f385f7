// engine/definition/directory_loader.h: a document of `kind: Directory`: who there is, for
// installations without an identity provider. A pure function of the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/access/directory.h"
#include "engine/base/ids.h"
#include "engine/core/preferences.h"
#include "engine/core/principal.h"
#include "engine/definition/diagnostic.h"

namespace gatewright::definition {

// With a single diagnostic, nobody is in it.
struct DirectoryResult {
  std::vector<core::Principal> people;  // in the order of the file, without the disabled ones
  core::PreferencesBook preferences;    // of those who have some
  std::vector<PrincipalId> disabled;    // known, but may do nothing and are counted nowhere
  access::Directory access;             // who may say who they are, and what they may do
  std::vector<Diagnostic> diagnostics;

  bool ok() const { return diagnostics.empty(); }
};

// `file_name` is only what diagnostics say.
DirectoryResult LoadDirectory(std::string_view source_text, std::string_view file_name);

}  // namespace gatewright::definition
