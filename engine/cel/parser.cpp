// Long: one grammar. Recursive descent; every rule answers null once something is wrong; error_
// says what.
#include "engine/cel/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "engine/cel/limits.h"
#include "engine/cel/token.h"
#include "engine/cel/utf8.h"

namespace gatewright::cel {
namespace {

using Names = std::initializer_list<std::string_view>;

constexpr std::array<std::string_view, 4> kKeywords = {"true", "false", "null", "in"};
constexpr std::array<std::string_view, 17> kReserved = {
    "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
    "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};
constexpr std::array<std::string_view, 6> kMacros = {"all",       "exists", "exists_one",
                                                     "existsOne", "map",    "filter"};

template <class Table>
bool Contains(const Table& table, std::string_view word) {
  return std::find(table.begin(), table.end(), word) != table.end();
}

class Parser {
 public:
  Parser(const Source& source, std::vector<Token> tokens)
      : source_(source), tokens_(std::move(tokens)) {}

  Result<NodePointer> Run() {
    NodePointer root = ReadExpression();
    if (root && Now().kind != TokenKind::kEnd) Expected("an operator or the end");
    if (error_) return *error_;
    return root;
  }

 private:
  // ---- Tokens ----

  const Token& Now() const { return tokens_[at_]; }
  const Token& Ahead(std::size_t n) const { return tokens_[std::min(at_ + n, tokens_.size() - 1)]; }
  const Token& Next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  std::uint32_t LastEnd() const { return at_ == 0 ? 0 : tokens_[at_ - 1].range.end; }

  bool IsSymbol(const Token& token, std::string_view symbol) const {
    return token.kind == TokenKind::kSymbol && source_.At(token.range) == symbol;
  }
  bool At(std::string_view symbol) const { return IsSymbol(Now(), symbol); }
  bool Take(std::string_view symbol) {
    if (!At(symbol)) return false;
    Next();
    return true;
  }
  bool Need(std::string_view symbol, std::string_view why) {
    return Take(symbol) || Expected(fmt::format("'{}' {}", symbol, why));
  }

  // The one of these operators that comes now, or nothing.
  std::string_view AnyOf(Names operators) const {
    for (const std::string_view one : operators) {
      const bool is_word = one == "in" && Now().kind == TokenKind::kName && Now().name == "in";
      if (is_word || At(one)) return one;
    }
    return {};
  }

  // ---- Errors ----

  bool Fail(std::uint32_t at, std::string_view message) {
    if (!error_) error_ = source_.Problem(at, message);
    return false;
  }
  bool Expected(std::string_view what) {
    std::string found = "the end";
    if (Now().kind != TokenKind::kEnd) {
      std::string_view text = source_.At(Now().range);
      found = fmt::format("'{}'", text.substr(0, StartOfCodePoint(text, 40)));
    }
    return Fail(Now().range.begin, fmt::format("expected {}, found {}", what, found));
  }

  // ---- Nodes ----

  NodePointer Make(NodeKind kind, std::uint32_t begin, std::string_view name = {}) {
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->range = {begin, LastEnd()};
    node->at = begin;
    node->name = name;
    return node;
  }

  // Null when the tree would get too high.
  NodePointer Adopt(NodePointer node, NodePointer child) {
    if (!node || !child) return nullptr;
    node->height = std::max(node->height, child->height + 1);
    node->range.end = LastEnd();
    node->children.push_back(std::move(child));
    if (node->height <= kMaxDepth) return node;
    TooDeep(node->range.begin);
    return nullptr;
  }
  void TooDeep(std::uint32_t at) {
    Fail(at, fmt::format("expected at most {} expressions within each other; split this one up",
                         kMaxDepth));
  }

  // ---- Grammar, from the loosest binding to the tightest ----

  // Or ['?' Or ':' Expression], a chain of them being one node.
  NodePointer ReadExpression() {
    if (depth_ == kMaxDepth) {
      TooDeep(Now().range.begin);
      return nullptr;
    }
    ++depth_;
    NodePointer node = ReadChoices();
    --depth_;
    return node;
  }

  NodePointer ReadChoices() {
    NodePointer first = ReadOr();
    if (!first || !At("?")) return first;
    NodePointer node = Make(NodeKind::kConditional, first->range.begin, "?:");
    node = Adopt(std::move(node), std::move(first));
    while (node && Take("?")) {
      node = Adopt(std::move(node), ReadOr());
      if (!node || !Need(":", "and what else to take")) return nullptr;
      node = Adopt(std::move(node), ReadOr());
    }
    return node;
  }

  NodePointer ReadOr() { return ReadLogic("||", NodeKind::kOr, &Parser::ReadAnd); }
  NodePointer ReadAnd() { return ReadLogic("&&", NodeKind::kAnd, &Parser::ReadRelation); }

  NodePointer ReadLogic(std::string_view symbol, NodeKind kind, NodePointer (Parser::*operand)()) {
    NodePointer first = (this->*operand)();
    if (!first || !At(symbol)) return first;
    NodePointer node = Make(kind, first->range.begin, symbol);
    node = Adopt(std::move(node), std::move(first));
    while (node && Take(symbol)) node = Adopt(std::move(node), (this->*operand)());
    return node;
  }

  NodePointer ReadRelation() {
    return ReadBinary({"==", "!=", "<=", ">=", "<", ">", "in"}, &Parser::ReadSum);
  }
  NodePointer ReadSum() { return ReadBinary({"+", "-"}, &Parser::ReadProduct); }
  NodePointer ReadProduct() { return ReadBinary({"*", "/", "%"}, &Parser::ReadUnary); }

  NodePointer ReadBinary(Names operators, NodePointer (Parser::*operand)()) {
    NodePointer left = (this->*operand)();
    while (left) {
      const std::string_view found = AnyOf(operators);
      if (found.empty()) return left;
      NodePointer node = Make(NodeKind::kOperator, left->range.begin, found);
      node->at = Next().range.begin;
      node = Adopt(std::move(node), std::move(left));
      left = node ? Adopt(std::move(node), (this->*operand)()) : nullptr;
    }
    return nullptr;
  }

  // Any number of '!' or of '-', not mixed.
  NodePointer ReadUnary() {
    const std::string_view sign = AnyOf({"!", "-"});
    std::vector<std::uint32_t> signs;
    while (!sign.empty() && At(sign)) {
      // The last minus before an int belongs to it: the smallest int has no positive counterpart.
      if (sign == "-" && Ahead(1).kind == TokenKind::kInt) break;
      signs.push_back(Next().range.begin);
      if (signs.size() > static_cast<std::size_t>(kMaxDepth)) {
        TooDeep(signs.front());
        return nullptr;
      }
    }
    NodePointer node = ReadMember();
    for (auto begin = signs.rbegin(); node && begin != signs.rend(); ++begin) {
      node = Adopt(Make(NodeKind::kOperator, *begin, sign), std::move(node));
    }
    return node;
  }

  NodePointer ReadMember() {
    NodePointer node = ReadPrimary();
    while (node) {
      if (Take(".")) {
        if (At("?")) return Unsupported("optional fields ('.?')");
        node = ReadField(std::move(node));
      } else if (Take("[")) {
        if (At("?")) return Unsupported("optional indices ('[?')");
        node = ReadIndex(std::move(node));
      } else if (At("{") &&
                 (node->kind == NodeKind::kVariable || node->kind == NodeKind::kSelect)) {
        return Unsupported("messages (Name{…}; a map is written {'key': value})");
      } else {
        return node;
      }
    }
    return nullptr;
  }

  NodePointer Unsupported(std::string_view what) {
    Fail(Now().range.begin, fmt::format("{} are not supported", what));
    return nullptr;
  }

  NodePointer ReadField(NodePointer object) {
    const Token& token = Now();
    const bool is_name = token.kind == TokenKind::kName && !Contains(kKeywords, token.name);
    if (!is_name && token.kind != TokenKind::kQuotedName) {
      Expected("the name of a field or function after '.'");
      return nullptr;
    }
    const std::uint32_t at = token.range.begin;
    const std::string name = Next().name;
    if (is_name && At("(")) return ReadMethod(std::move(object), name, at);
    const std::uint32_t begin = object->range.begin;
    if (const auto type = FindQualifiedType(*object, name)) {
      NodePointer literal = Make(NodeKind::kLiteral, begin);
      literal->literal = Value::TypeNamed(*type);
      return literal;
    }
    object->is_inner_path = true;
    NodePointer node = Make(NodeKind::kSelect, begin, name);
    node->at = at;
    return Adopt(std::move(node), std::move(object));
  }

  // google.protobuf.Timestamp and .Duration are how CEL spells these types.
  static std::optional<Kind> FindQualifiedType(const Node& object, std::string_view name) {
    if (object.kind != NodeKind::kSelect || object.name != "protobuf" ||
        object.children[0]->kind != NodeKind::kVariable || object.children[0]->name != "google") {
      return std::nullopt;
    }
    if (name == "Timestamp") return Kind::kTimestamp;
    if (name == "Duration") return Kind::kDuration;
    return std::nullopt;
  }

  NodePointer ReadIndex(NodePointer object) {
    object->is_inner_path = true;
    NodePointer node = Make(NodeKind::kIndex, object->range.begin, "[]");
    node->at = LastEnd() - 1;
    node = Adopt(std::move(node), std::move(object));
    if (node) node = Adopt(std::move(node), ReadExpression());
    if (!node || !Need("]", "after the index")) return nullptr;
    node->range.end = LastEnd();
    return node;
  }

  NodePointer ReadMethod(NodePointer object, const std::string& name, std::uint32_t at) {
    if (Contains(kMacros, name)) return ReadMacro(std::move(object), name, at);
    NodePointer node = Make(NodeKind::kCall, object->range.begin, name);
    node->at = at;
    node->is_method = true;
    return ReadArguments(Adopt(std::move(node), std::move(object)));
  }

  NodePointer ReadArguments(NodePointer node) {
    Take("(");
    while (node && !At(")")) {
      node = Adopt(std::move(node), ReadExpression());
      if (!node || !Take(",")) break;
      if (At(")")) Expected("another argument after ','");
    }
    if (!node || error_ || !Need(")", fmt::format("or ',' in the call of {}()", node->name))) {
      return nullptr;
    }
    node->range.end = LastEnd();
    return node;
  }

  // list.all(x, condition); map() may have a condition in between.
  NodePointer ReadMacro(NodePointer range, const std::string& name, std::uint32_t at) {
    NodePointer call = Make(NodeKind::kMacro, range->range.begin,
                            name == "existsOne" ? "exists_one" : std::string_view(name));
    call->at = at;
    call = ReadArguments(Adopt(std::move(call), std::move(range)));
    if (!call) return nullptr;
    const std::size_t arguments = call->children.size() - 1;
    if (arguments != 2 && !(name == "map" && arguments == 3)) {
      Fail(at, fmt::format("expected {0}(variable, expression){1}, found {2} argument{3}", name,
                           name == "map" ? " or map(variable, condition, expression)" : "",
                           arguments, arguments == 1 ? "" : "s"));
      return nullptr;
    }
    const Node& variable = *call->children[1];
    if (variable.kind != NodeKind::kVariable || variable.is_global) {
      Fail(variable.range.begin,
           fmt::format("expected the name of a new variable, as in {}(x, …), found '{}'", name,
                       source_.At(variable.range)));
      return nullptr;
    }
    call->variable = variable.name;
    call->children.erase(call->children.begin() + 1);
    return call;
  }

  NodePointer ReadPrimary() {
    const Token& token = Now();
    switch (token.kind) {
      case TokenKind::kInt:
        return ReadInt(false);
      case TokenKind::kLiteral:
        return ReadLiteral(token.literal);
      case TokenKind::kName:
        return ReadName(token.range.begin, false);
      default:
        break;
    }
    if (At("-") && Ahead(1).kind == TokenKind::kInt) {
      Next();
      return ReadInt(true);
    }
    if (At("(")) return ReadParenthesis();
    if (At("[")) return ReadList();
    if (At("{")) return ReadMap();
    if (At(".")) {
      const std::uint32_t begin = Next().range.begin;
      if (Now().kind == TokenKind::kName) return ReadName(begin, true);
      Expected("a name after '.'");
      return nullptr;
    }
    Expected("an expression");
    return nullptr;
  }

  NodePointer ReadLiteral(Value value) {
    const std::uint32_t begin = Next().range.begin;
    NodePointer node = Make(NodeKind::kLiteral, begin);
    node->literal = std::move(value);
    return node;
  }

  // At the digits; a minus before them has been taken.
  NodePointer ReadInt(bool is_negative) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const Token& token = Now();
    const std::uint32_t begin = is_negative ? tokens_[at_ - 1].range.begin : token.range.begin;
    if (token.magnitude > kMost + (is_negative ? 1 : 0)) {
      Fail(begin, fmt::format("expected an int from -9223372036854775808 to 9223372036854775807, "
                              "found {}{}; a uint is written with a u: 1u",
                              is_negative ? "-" : "", source_.At(token.range)));
      return nullptr;
    }
    const std::uint64_t bits = is_negative ? 0 - token.magnitude : token.magnitude;
    NodePointer node = ReadLiteral(Value::Int(static_cast<std::int64_t>(bits)));
    node->range.begin = begin;
    return node;
  }

  NodePointer ReadName(std::uint32_t begin, bool is_global) {
    const std::string& name = Now().name;
    if (!is_global && name == "true") return ReadLiteral(Value::Bool(true));
    if (!is_global && name == "false") return ReadLiteral(Value::Bool(false));
    if (!is_global && name == "null") return ReadLiteral(Value::Null());
    if (Contains(kKeywords, name)) {
      Expected("an expression");
      return nullptr;
    }
    if (Contains(kReserved, name)) {
      Fail(Now().range.begin,
           fmt::format("'{}' is a reserved word; expected the name of a variable "
                       "or function",
                       name));
      return nullptr;
    }
    Next();
    if (!At("(")) {
      NodePointer node = Make(NodeKind::kVariable, begin, name);
      node->is_global = is_global;
      return node;
    }
    if (name == "has") return ReadHas(begin);
    return ReadArguments(Make(NodeKind::kCall, begin, name));
  }

  NodePointer ReadHas(std::uint32_t begin) {
    NodePointer call = ReadArguments(Make(NodeKind::kCall, begin, "has"));
    if (!call) return nullptr;
    if (call->children.size() != 1 || call->children[0]->kind != NodeKind::kSelect) {
      Fail(begin, "expected has(object.field)");
      return nullptr;
    }
    NodePointer select = std::move(call->children[0]);
    select->kind = NodeKind::kHas;
    select->range = call->range;
    return select;
  }

  NodePointer ReadParenthesis() {
    const std::uint32_t begin = Next().range.begin;
    NodePointer node = ReadExpression();
    if (!node || !Need(")", "to close the parenthesis")) return nullptr;
    node->range = {begin, LastEnd()};
    return node;
  }

  NodePointer ReadList() {
    NodePointer node = Make(NodeKind::kList, Next().range.begin, "[]");
    while (node && !At("]")) {
      if (At("?")) return Unsupported("optional elements ('[?')");
      node = Adopt(std::move(node), ReadExpression());
      if (!Take(",")) break;
    }
    if (!node || !Need("]", "or ',' in the list")) return nullptr;
    node->range.end = LastEnd();
    return node;
  }

  NodePointer ReadMap() {
    NodePointer node = Make(NodeKind::kMap, Next().range.begin, "{}");
    while (node && !At("}")) {
      if (At("?")) return Unsupported("optional entries ('{?')");
      node = Adopt(std::move(node), ReadExpression());
      if (!node || !Need(":", "after the key")) return nullptr;
      node = Adopt(std::move(node), ReadExpression());
      if (!Take(",")) break;
    }
    if (!node || !Need("}", "or ',' in the map")) return nullptr;
    node->range.end = LastEnd();
    return node;
  }

  const Source& source_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<NodePointer> Parse(const Source& source) {
  if (source.text().size() > kMaxExpressionBytes) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("expected an expression of at most {} bytes, found {}",
                             kMaxExpressionBytes, source.text().size())};
  }
  if (const auto bad = FindInvalidUtf8(source.text())) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("expected UTF-8, found something else at byte {}", *bad)};
  }
  GW_TRY(tokens, Tokenize(source));
  return Parser(source, std::move(tokens)).Run();
}

}  // namespace gatewright::cel
