// size(), contains(), startsWith(), endsWith(), matches().
#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "engine/cel/functions.h"
#include "engine/cel/pattern.h"
#include "engine/cel/utf8.h"

namespace gatewright::cel {
namespace {

using Arg = const Arguments&;

Value SizeOf(std::size_t size) { return Value::Int(static_cast<std::int64_t>(size)); }

Result<Value> Size(Arg a) {
  switch (a[0].kind()) {
    case Kind::kString:
      a.budget.SpendOnText(a[0].string().size());
      return SizeOf(CountCodePoints(a[0].string()));
    case Kind::kBytes:
      return SizeOf(a[0].bytes().size());
    case Kind::kList:
      return SizeOf(a[0].items().size());
    default:
      return SizeOf(a[0].entries().size());
  }
}

Result<Value> Contains(Arg a) {
  const std::string &text = a[0].string(), &part = a[1].string();
  // A search may look at the whole part from every place of the text.
  if (!a.budget.Spend((text.size() / 10 + 1) * (part.size() / 10 + 1))) return Value();
  return Value::Bool(text.find(part) != std::string::npos);
}

Result<Value> StartsWith(Arg a) {
  a.budget.SpendOnText(a[1].string().size());
  return Value::Bool(a[0].string().starts_with(a[1].string()));
}

Result<Value> EndsWith(Arg a) {
  a.budget.SpendOnText(a[1].string().size());
  return Value::Bool(a[0].string().ends_with(a[1].string()));
}

Result<Value> Matches(Arg a) {
  const std::string &text = a[0].string(), &pattern = a[1].string();
  if (!a.budget.Spend((text.size() / 10 + 1) * (pattern.size() / 4 + 1))) return Value();
  if (a.pattern) return Value::Bool(IsMatch(text, *a.pattern));
  if (!a.budget.Spend(pattern.size() + 10)) return Value();
  GW_TRY(compiled, CompilePattern(pattern));
  return Value::Bool(IsMatch(text, *compiled));
}

}  // namespace

void AddTextFunctions(FunctionTable& table) {
  const Type text(Kind::kString), number(Kind::kInt), boolean(Kind::kBool);
  const std::vector<Overload> two_texts = {Overload{{text, text}, boolean}};
  table.push_back({"size",
                   Style::kBoth,
                   {Overload{{text}, number}, Overload{{Type(Kind::kBytes)}, number},
                    Overload{{Type(Kind::kList)}, number}, Overload{{Type(Kind::kMap)}, number}},
                   Size});
  table.push_back({"contains", Style::kMethod, two_texts, Contains});
  table.push_back({"startsWith", Style::kMethod, two_texts, StartsWith});
  table.push_back({"endsWith", Style::kMethod, two_texts, EndsWith});
  table.push_back({"matches", Style::kBoth, two_texts, Matches});
}

}  // namespace gatewright::cel
