#include "engine/cel/trace.h"

#include <string>

#include "engine/cel/utf8.h"

namespace gatewright::cel {
namespace {

bool IsShown(const Node& node) {
  switch (node.kind) {
    case NodeKind::kVariable:
    case NodeKind::kSelect:
    case NodeKind::kIndex:
      return !node.is_inner_path;
    case NodeKind::kOperator:
      return node.children.size() == 2;
    case NodeKind::kHas:
    case NodeKind::kCall:
    case NodeKind::kMacro:
      return true;
    default:
      return false;  // literals say it themselves, logic follows from its parts
  }
}

std::string Cut(std::string text) {
  if (text.size() <= kMaxTraceBytes) return text;
  text.resize(StartOfCodePoint(text, kMaxTraceBytes - 3));
  return text + "…";
}

}  // namespace

void Trace::Add(const Node& node, const Result<Value>& value) {
  if (!is_on_ || !IsShown(node)) return;
  if (entries_.size() == kMaxTraceEntries) {
    is_cut_ = true;
    return;
  }
  entries_.push_back(
      {Cut(std::string(source_.At(node.range))),
       value ? ToText(*value, kMaxTraceBytes - 3) : Cut("error: " + value.error().message)});
}

}  // namespace gatewright::cel
