#include "engine/cel/inputs.h"

#include <algorithm>
#include <string_view>

#include "engine/cel/type_names.h"

namespace gatewright::cel {
namespace {

class Finder {
 public:
  explicit Finder(const Source& source) : source_(source) {}

  void Visit(const Node& node) {
    if (IsPath(node)) return Add(source_.At(node.range));
    if (node.kind != NodeKind::kMacro) {
      for (const auto& child : node.children) Visit(*child);
      return;
    }
    Visit(*node.children[0]);
    locals_.push_back(node.variable);
    for (std::size_t i = 1; i < node.children.size(); ++i) Visit(*node.children[i]);
    locals_.pop_back();
  }

  std::vector<std::string> Take() { return std::move(found_); }

 private:
  // a, a.b, a.b.c: nothing but names, the first of them a variable from outside.
  bool IsPath(const Node& node) const {
    if (node.kind == NodeKind::kSelect) return IsPath(*node.children[0]);
    if (node.kind != NodeKind::kVariable) return false;
    const bool is_local =
        !node.is_global && std::find(locals_.begin(), locals_.end(), node.name) != locals_.end();
    return !is_local && !FindTypeNamed(node.name);
  }

  void Add(std::string_view path) {
    if (std::find(found_.begin(), found_.end(), path) == found_.end()) found_.emplace_back(path);
  }

  const Source& source_;
  std::vector<std::string_view> locals_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> FindInputs(const Node& root, const Source& source) {
  Finder finder(source);
  finder.Visit(root);
  return finder.Take();
}

}  // namespace gatewright::cel
