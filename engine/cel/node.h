// engine/cel/node.h: the tree that an expression is parsed into. Built and checked by one thread,
// immutable afterwards.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/cel/source.h"
#include "engine/cel/value.h"

namespace re2 {
class RE2;
}

namespace gatewright::cel {

struct Function;

enum class NodeKind {
  kLiteral = 1,
  kVariable,     // name
  kSelect,       // children[0].name
  kHas,          // has(children[0].name)
  kIndex,        // children[0][children[1]]
  kCall,         // name(children…), or children[0].name(children[1]…)
  kOperator,     // name: + - * / % == != < <= > >= in, and of one child - and !
  kList,         // [children…]
  kMap,          // key, value, key, value …
  kAnd,          // two or more children
  kOr,           // two or more children
  kConditional,  // condition, value, condition, value … and the value of else
  kMacro,        // children[0].name(variable, children[1] [, children[2]])
};

struct Node {
  NodeKind kind;
  Range range;
  std::uint32_t at = 0;  // where a message points: the operator, the name of the function or field
  std::string name;
  std::vector<std::unique_ptr<Node>> children;
  Value literal;
  std::string variable;        // kMacro
  bool is_method = false;      // kCall: children[0] stands before the point
  bool is_global = false;      // kVariable: written ".name", so that no macro's variable is meant
  bool is_inner_path = false;  // a part of a longer a.b[c], which the trace shows as a whole
  int height = 1;
  const Function* function = nullptr;       // kCall, kOperator: null when there is none
  std::shared_ptr<const re2::RE2> pattern;  // of matches() with a literal
};
using NodePointer = std::unique_ptr<Node>;

}  // namespace gatewright::cel
