// engine/definition/rule_reader.h: `rules:` of a gate. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/core/workflow.h"
#include "engine/definition/context.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

constexpr std::size_t kMaxRules = 64;  // leaves of one gate
// Which of them to choose may have to be searched for; this bounds the search.
constexpr std::size_t kMaxChoices = 16;

class RuleReader {
 public:
  // Both must outlive it.
  RuleReader(const LoadContext& context, const Scope& scope) : context_(context), scope_(scope) {}

  core::Rule ReadList(const Node& list, core::RuleKind kind);

  // The rules seen so far and where.
  const std::map<std::string, Mark>& ids() const { return ids_; }
  std::size_t leaves() const { return leaves_; }

  // A list of rules of this gate, each once. One that is not there is reported.
  std::vector<RuleId> ReadNames(const Node& list, std::string_view label, const Scope& scope) const;

 private:
  core::Rule ReadNode(const Node& node);
  core::Rule ReadBranch(const Node& node, std::string_view key, core::RuleKind kind);
  core::Rule ReadSome(const Node& node);
  core::Rule ReadLeaf(const Node& node);
  void ReadNeed(const Fields& fields, const Scope& scope, core::Rule& rule);

  const LoadContext& context_;
  const Scope& scope_;
  std::map<std::string, Mark> ids_;
  std::size_t leaves_ = 0;
};

core::SeparationOfDuties ReadSeparation(const Node& list, const LoadContext& context,
                                        const Scope& scope);

}  // namespace gatewright::definition
