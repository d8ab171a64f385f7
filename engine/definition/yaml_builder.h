// engine/definition/yaml_builder.h: the inside of a Node and the builder that fills it. Used only
// by the two files that make up the YAML reader.
#pragma once

#include "engine/definition/yaml.h"

namespace gatewright::definition {

struct Node::Data {
  NodeKind kind = NodeKind::kNull;
  Mark mark;
  std::string text;
  bool bool_value = false;
  bool is_ambiguous_number = false;
  bool is_yaml_1_1_bool = false;
  std::int64_t int_value = 0;
  std::uint64_t uint_value = 0;
  double float_value = 0;
  std::vector<Node> items;
  std::vector<YamlMember> members;
  std::size_t node_count = 1;  // with everything below; what an alias to it stands for
};

// Sets kind and value of an unquoted scalar from its text.
void ResolvePlainScalar(Node::Data& data);

}  // namespace gatewright::definition
