// engine/definition/yaml.h: YAML 1.2 text as a tree of nodes that remember their place.
// yaml-cpp stays behind it, and nothing throws out of it. Nodes are immutable and cheap to copy;
// any thread. JSON is YAML: the same function reads both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatewright::definition {

constexpr std::size_t kMaxYamlBytes = 1 << 20;
constexpr std::size_t kMaxYamlDepth = 64;
constexpr std::size_t kMaxYamlNodes = 100'000;
constexpr std::size_t kMaxAliasedNodes = 10'000;  // that aliases stand for, all together

// Where something starts; both count from 1, columns in characters.
struct Mark {
  std::size_t line = 1;
  std::size_t column = 1;

  bool operator==(const Mark&) const = default;
  auto operator<=>(const Mark&) const = default;
};

enum class NodeKind { kNull = 1, kBool, kInt, kUint, kFloat, kString, kList, kMap };

struct YamlMember;

// One value. Plain scalars are resolved by the core schema of YAML 1.2: `no`, `on` and `yes` are
// strings, `0o10` is octal. Quoted scalars are always strings.
class Node {
 public:
  Node();  // null

  NodeKind kind() const;
  Mark mark() const;
  bool is_null() const { return kind() == NodeKind::kNull; }
  bool is_bool() const { return kind() == NodeKind::kBool; }
  bool is_string() const { return kind() == NodeKind::kString; }
  bool is_list() const { return kind() == NodeKind::kList; }
  bool is_map() const { return kind() == NodeKind::kMap; }
  bool is_number() const;

  // A number written with leading zeros, such as 010: 10 to some readers and 8 to others.
  bool is_ambiguous_number() const;
  // A plain scalar that YAML 1.1 read as true or false: yes, no, on, off, y, n.
  bool is_yaml_1_1_bool() const;

  bool bool_value() const;           // kBool
  std::int64_t int_value() const;    // kInt
  std::uint64_t uint_value() const;  // kUint: only what does not fit kInt
  double float_value() const;        // kFloat, not necessarily finite
  const std::string& text() const;   // any scalar, as written (without quotes)

  const std::vector<Node>& items() const;          // kList, else empty
  const std::vector<YamlMember>& members() const;  // kMap, else empty, in the order of the file
  const YamlMember* FindMember(std::string_view key) const;  // null when there is none
  const Node* Find(std::string_view key) const;              // null when there is none

  struct Data;
  explicit Node(std::shared_ptr<const Data> data);  // for the reader

 private:
  std::shared_ptr<const Data> data_;
};

struct YamlMember {
  std::string key;
  Mark key_mark;
  Node value;
};

// "a list", "the string 'yes'", "nothing": for sentences of the form "expected …, found …".
std::string Describe(const Node& node);

// The beginning of a text that is too long for a sentence.
std::string Shorten(std::string_view text);

struct YamlProblem {
  Mark mark;
  std::string message;
};

struct YamlDocument {
  Node root;
  std::string_view source;  // its part of the text it was read from
};

struct YamlFile {
  std::vector<YamlDocument> documents;  // empty documents are left out
  std::vector<YamlProblem> problems;    // not empty: the documents are not to be used
};

// Reads every document of `text`. Refused, with their place: text that is not UTF-8 or over
// kMaxYamlBytes, control characters, tabs as indentation, duplicate and non-scalar keys, tags,
// merge keys, and nesting or aliases over the limits above.
YamlFile ParseYaml(std::string_view text);

// The place of the value a JSON pointer names below `node`, or of the nearest one around it.
// For a member of a map it is the place of its key.
Mark FindMark(const Node& node, std::string_view pointer);

}  // namespace gatewright::definition
