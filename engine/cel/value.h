// engine/cel/value.h: a value of the expression language (CEL). Immutable: copies share what is
// big, and any thread may read one. Strings are UTF-8; whoever makes one sees to that.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/cel/moment.h"

namespace gatewright::cel {

// What a value is, and (with the last two) what the type checker knows of it beforehand.
enum class Kind {
  kNull = 1,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kList,
  kMap,
  kTimestamp,
  kDuration,
  kType,
  kDecision,
  kDyn,     // static only: not known before evaluation
  kObject,  // static only: a map whose fields are known by name
};

// As type() and error messages spell it: "int", "null_type", "google.protobuf.Timestamp".
std::string_view NameOf(Kind kind);
bool IsNumber(Kind kind);

// What a policy decides.
struct Decision {
  enum class Choice { kApprove = 1, kReject, kAbstain, kWait };
  Choice choice = Choice::kAbstain;
  std::string reason;
  TimeSpan wait;  // kWait only: ask again after this
};
std::string_view NameOf(Decision::Choice choice);

struct MapEntry;

class Value {
 public:
  using List = std::vector<Value>;
  using Entries = std::vector<MapEntry>;

  Value() = default;  // null
  static Value Null() { return {}; }
  static Value Bool(bool value) { return Value(Data(value)); }
  static Value Int(std::int64_t value) { return Value(Data(value)); }
  static Value Uint(std::uint64_t value) { return Value(Data(value)); }
  static Value Double(double value) { return Value(Data(value)); }
  static Value String(std::string utf8);
  static Value Bytes(std::string bytes);
  static Value ListOf(List items);
  // Refuses keys other than bool, int, uint and string, and two equal keys (1 and 1u are).
  static Result<Value> MapOf(Entries entries);
  // A map with string keys; of two equal keys the first counts.
  static Value Object(std::vector<std::pair<std::string, Value>> fields);
  static Value Of(Timestamp time) { return Value(Data(time)); }
  static Value Of(TimeSpan span) { return Value(Data(span)); }
  static Value TypeNamed(Kind kind) { return Value(Data(TypeName{kind})); }
  static Value Of(Decision decision);

  Kind kind() const { return static_cast<Kind>(data_.index() + 1); }
  bool Is(Kind kind) const { return this->kind() == kind; }

  // Each needs the kind it is named after.
  bool boolean() const { return std::get<bool>(data_); }
  std::int64_t integer() const { return std::get<std::int64_t>(data_); }
  std::uint64_t unsigned_integer() const { return std::get<std::uint64_t>(data_); }
  double number() const { return std::get<double>(data_); }
  const std::string& string() const { return *std::get<Text>(data_).shared; }
  const std::string& bytes() const { return *std::get<Blob>(data_).shared; }
  const List& items() const { return std::get<ListPointer>(data_)->items; }
  const Entries& entries() const;  // in the order they were written
  Timestamp timestamp() const { return std::get<Timestamp>(data_); }
  TimeSpan duration() const { return std::get<TimeSpan>(data_); }
  Kind named_type() const { return std::get<TypeName>(data_).kind; }
  const Decision& decision() const { return *std::get<DecisionPointer>(data_); }

  // Of a map: the value under a key, whatever the key's numeric type. Null when there is none.
  const Value* Find(const Value& key) const;
  const Value* Find(std::string_view key) const;

  // How much there is to walk over: 1 each, and 1 more for every 16 bytes of text. Known without
  // walking, because an expression can share one list many times over.
  std::uint64_t weight() const;

 private:
  struct Text {
    std::shared_ptr<const std::string> shared;
  };
  struct Blob {
    std::shared_ptr<const std::string> shared;
  };
  struct TypeName {
    Kind kind;
  };
  struct ListData {
    List items;
    std::uint64_t weight;
  };
  struct MapData;
  using ListPointer = std::shared_ptr<const ListData>;
  using MapPointer = std::shared_ptr<const MapData>;
  using DecisionPointer = std::shared_ptr<const Decision>;
  // In the order of Kind.
  using Data =
      std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, Text, Blob,
                   ListPointer, MapPointer, Timestamp, TimeSpan, TypeName, DecisionPointer>;

  explicit Value(Data data) : data_(std::move(data)) {}
  static Value FromData(std::shared_ptr<MapData> map);

  Data data_;
};

struct MapEntry {
  Value key;
  Value value;
};

// "[1, \"a\"]" as an expression would spell it, cut with "…" after about `max_bytes`.
std::string ToText(const Value& value, std::size_t max_bytes = 200);

}  // namespace gatewright::cel
