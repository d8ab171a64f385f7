// engine/cel/type.h: what the compiler knows of a value before there is one. Immutable and cheap to
// copy; any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cel/value.h"

namespace gatewright::cel {

class Type {
 public:
  using Fields = std::map<std::string, Type, std::less<>>;

  Type() : Type(Kind::kDyn) {}
  explicit Type(Kind kind) : kind_(kind) {}  // kList, kMap: of dyn; kObject: without fields
  static Type Dyn() { return Type(Kind::kDyn); }
  static Type Bool() { return Type(Kind::kBool); }
  static Type Int() { return Type(Kind::kInt); }
  static Type Double() { return Type(Kind::kDouble); }
  static Type String() { return Type(Kind::kString); }
  static Type Timestamp() { return Type(Kind::kTimestamp); }
  static Type List(Type element);
  static Type Map(Type key, Type value);
  // A map of which these fields are known. Naming another one is a mistake, unless `is_open`.
  static Type Object(Fields fields, bool is_open = false);

  Kind kind() const { return kind_; }
  bool IsDyn() const { return kind_ == Kind::kDyn; }
  // The rest needs kList, kMap or kObject, and is dyn or empty where nothing is known.
  Type key() const;
  Type element() const;  // of a list; of a map, what stands under a key
  const Fields& fields() const;
  bool is_open() const;

  std::string ToText() const;  // "list(int)", "map(string, dyn)", "object"
  bool operator==(const Type& other) const;

 private:
  struct Parts;
  Kind kind_;
  std::shared_ptr<const Parts> parts_;
};

// May a value of one stand where the other is asked for? Dyn may, both ways: evaluation will tell.
bool IsAssignable(const Type& from, const Type& to);
// The type of what is one or the other; dyn when they have nothing in common.
Type Join(const Type& a, const Type& b);

}  // namespace gatewright::cel
