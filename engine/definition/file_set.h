// engine/definition/file_set.h: definition files that are read together, because the workflows of
// one may name the policies of another. One thread.
#pragma once

#include <deque>
#include <string>

#include "engine/definition/context.h"
#include "engine/definition/policy_book.h"
#include "engine/definition/workflow_loader.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

class FileSet {
 public:
  // `plugins` must outlive it.
  FileSet(const ports::Plugins& plugins, Purpose purpose) : plugins_(plugins), purpose_(purpose) {}

  void Add(std::string text, std::string name);
  // A file of which only the policies are of interest, and its mistakes are not.
  void AddNeighbour(std::string text, std::string name);

  // Once, after everything was added.
  LoadResult Load();

 private:
  struct File {
    std::string name;
    std::string text;
    bool is_neighbour = false;
    YamlFile yaml;      // borrows `text`
    LoadResult result;  // of this file alone
  };

  void ReadPolicies(File& file);
  void ReadWorkflows(File& file);
  Loaded ReadWorkflow(const YamlDocument& document, const Scope& scope);
  std::string VersionOf(const Node& root, const std::set<std::string>& policies) const;
  std::string SourceOf(const YamlDocument& document, const std::set<std::string>& policies) const;

  const ports::Plugins& plugins_;
  Purpose purpose_;
  std::deque<File> files_;
  PolicyBook policies_;
};

}  // namespace gatewright::definition
