// engine/definition/policy_book.h: the documents of `kind: Policy`, which `auto: [{policy: name}]`
// names. Filled before any workflow is read; then immutable.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/core/workflow.h"
#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"
#include "engine/ports/plugins.h"

namespace gatewright::definition {

struct NamedPolicy {
  core::PluginUse use;
  std::string canonical;  // the document, for the version of whatever uses it
  std::string source;     // the document as written
  std::string file;
  Mark mark;  // of its name
  bool is_usable = true;
};

class PolicyBook {
 public:
  // Reads one document of `kind: Policy`. One with a mistake, or of a name that is there already,
  // is kept as not usable, so that who names it learns why.
  void Read(const YamlDocument& document, const std::string& file, const ports::Plugins& plugins,
            const Scope& scope);

  // Null when there is none.
  const NamedPolicy* Find(const std::string& name) const;
  std::vector<std::string> Names() const;

 private:
  std::map<std::string, NamedPolicy> policies_;
};

}  // namespace gatewright::definition
