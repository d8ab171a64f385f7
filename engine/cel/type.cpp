#include "engine/cel/type.h"

#include <fmt/format.h>

namespace gatewright::cel {

struct Type::Parts {
  Type key, element;
  Fields fields;
  bool is_open = false;
};

Type Type::List(Type element) {
  Type type(Kind::kList);
  type.parts_ = std::make_shared<const Parts>(Parts{Type(), std::move(element), {}, false});
  return type;
}

Type Type::Map(Type key, Type value) {
  Type type(Kind::kMap);
  type.parts_ = std::make_shared<const Parts>(Parts{std::move(key), std::move(value), {}, false});
  return type;
}

Type Type::Object(Fields fields, bool is_open) {
  Type type(Kind::kObject);
  type.parts_ = std::make_shared<const Parts>(Parts{String(), Type(), std::move(fields), is_open});
  return type;
}

Type Type::key() const {
  if (kind_ == Kind::kObject) return String();
  return parts_ ? parts_->key : Type();
}

Type Type::element() const { return parts_ ? parts_->element : Type(); }

const Type::Fields& Type::fields() const {
  static const Fields kNone;
  return parts_ ? parts_->fields : kNone;
}

bool Type::is_open() const { return parts_ && parts_->is_open; }

std::string Type::ToText() const {
  switch (kind_) {
    case Kind::kList:
      return fmt::format("list({})", element().ToText());
    case Kind::kMap:
      return fmt::format("map({}, {})", key().ToText(), element().ToText());
    case Kind::kNull:
      return "null";
    case Kind::kTimestamp:
      return "timestamp";
    case Kind::kDuration:
      return "duration";
    default:
      return std::string(NameOf(kind_));
  }
}

bool Type::operator==(const Type& other) const {
  if (kind_ != other.kind_) return false;
  if (parts_ == other.parts_) return true;
  return key() == other.key() && element() == other.element() && is_open() == other.is_open() &&
         fields() == other.fields();
}

namespace {

bool IsObjectAssignable(const Type& from, const Type& to) {
  if (from.kind() == Kind::kObject && to.kind() == Kind::kObject) return true;
  const Type& map = from.kind() == Kind::kMap ? from : to;
  return map.kind() == Kind::kMap && IsAssignable(Type::String(), map.key());
}

}  // namespace

bool IsAssignable(const Type& from, const Type& to) {
  if (from.IsDyn() || to.IsDyn()) return true;
  if (from.kind() == Kind::kObject || to.kind() == Kind::kObject) {
    return IsObjectAssignable(from, to);
  }
  if (from.kind() != to.kind()) return false;
  if (from.kind() == Kind::kList) return IsAssignable(from.element(), to.element());
  if (from.kind() == Kind::kMap) {
    return IsAssignable(from.key(), to.key()) && IsAssignable(from.element(), to.element());
  }
  return true;
}

Type Join(const Type& a, const Type& b) {
  if (a == b) return a;
  if (a.kind() != b.kind()) return Type();
  if (a.kind() == Kind::kList) return Type::List(Join(a.element(), b.element()));
  if (a.kind() == Kind::kMap) {
    return Type::Map(Join(a.key(), b.key()), Join(a.element(), b.element()));
  }
  return Type();
}

}  // namespace gatewright::cel
