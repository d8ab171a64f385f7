#include "engine/cel/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>

#include "engine/cel/compare.h"

namespace gatewright::cel {
namespace {

constexpr std::array<std::string_view, 15> kNames = {
    "null_type",
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "list",
    "map",
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
    "type",
    "decision",
    "dyn",
    "object",
};

bool IsKey(Kind kind) {
  return kind == Kind::kBool || kind == Kind::kInt || kind == Kind::kUint || kind == Kind::kString;
}

int KeyRank(const Value& key) {
  if (key.Is(Kind::kBool)) return 1;
  return key.Is(Kind::kString) ? 3 : 2;
}

// Of keys: bool, then numbers by what they stand for, then strings.
bool IsKeyLess(const Value& a, const Value& b) {
  if (KeyRank(a) != KeyRank(b)) return KeyRank(a) < KeyRank(b);
  if (a.Is(Kind::kBool)) return a.boolean() < b.boolean();
  if (a.Is(Kind::kString)) return a.string() < b.string();
  return std::is_lt(OrderNumbers(a, b));
}

// 1.0 finds what stands under 1. Empty for a double that no whole number equals.
std::optional<Value> ToKey(const Value& value) {
  if (IsKey(value.kind())) return value;
  if (!value.Is(Kind::kDouble)) return std::nullopt;
  const double number = value.number();
  if (number != std::trunc(number)) return std::nullopt;
  if (number >= -0x1p63 && number < 0x1p63) return Value::Int(static_cast<std::int64_t>(number));
  if (number >= 0 && number < 0x1p64) return Value::Uint(static_cast<std::uint64_t>(number));
  return std::nullopt;
}

constexpr std::uint64_t kMostWeight = std::uint64_t{1} << 62;

std::uint64_t AddWeights(std::uint64_t a, std::uint64_t b) {
  return std::min(kMostWeight, a + b);  // both are at most 2^62
}

}  // namespace

struct Value::MapData {
  Entries entries;
  std::vector<std::uint32_t> by_key;  // indices into entries
  std::uint64_t weight = 1;

  explicit MapData(Entries all) : entries(std::move(all)), by_key(entries.size()) {
    std::iota(by_key.begin(), by_key.end(), 0u);
    std::stable_sort(by_key.begin(), by_key.end(), [this](std::uint32_t a, std::uint32_t b) {
      return IsKeyLess(entries[a].key, entries[b].key);
    });
    for (const auto& entry : entries) {
      weight = AddWeights(weight, AddWeights(entry.key.weight(), entry.value.weight()));
    }
  }

  // The first key of those that stand more than once.
  const Value* FindRepeatedKey() const {
    for (std::size_t i = 1; i < by_key.size(); ++i) {
      const Value& before = entries[by_key[i - 1]].key;
      if (!IsKeyLess(before, entries[by_key[i]].key)) return &entries[by_key[i]].key;
    }
    return nullptr;
  }
};

std::string_view NameOf(Kind kind) { return kNames[static_cast<std::size_t>(kind) - 1]; }

bool IsNumber(Kind kind) {
  return kind == Kind::kInt || kind == Kind::kUint || kind == Kind::kDouble;
}

std::string_view NameOf(Decision::Choice choice) {
  switch (choice) {
    case Decision::Choice::kApprove:
      return "approve";
    case Decision::Choice::kReject:
      return "reject";
    case Decision::Choice::kWait:
      return "wait";
    case Decision::Choice::kAbstain:
      break;
  }
  return "abstain";
}

Value Value::String(std::string utf8) {
  return Value(Data(Text{std::make_shared<const std::string>(std::move(utf8))}));
}

Value Value::Bytes(std::string bytes) {
  return Value(Data(Blob{std::make_shared<const std::string>(std::move(bytes))}));
}

Value Value::ListOf(List items) {
  std::uint64_t weight = 1;
  for (const Value& item : items) weight = AddWeights(weight, item.weight());
  return Value(Data(std::make_shared<const ListData>(ListData{std::move(items), weight})));
}

Result<Value> Value::MapOf(Entries entries) {
  for (const auto& entry : entries) {
    if (IsKey(entry.key.kind())) continue;
    return Error{ErrorCode::kInvalid,
                 fmt::format("expected a map key to be bool, int, uint or string, found {}",
                             NameOf(entry.key.kind()))};
  }
  auto map = std::make_shared<MapData>(std::move(entries));
  if (const Value* const repeated = map->FindRepeatedKey()) {
    return Error{ErrorCode::kInvalid, fmt::format("the map key {} stands more than once; expected "
                                                  "every key once",
                                                  ToText(*repeated))};
  }
  return FromData(std::move(map));
}

Value Value::Object(std::vector<std::pair<std::string, Value>> fields) {
  Entries entries;
  entries.reserve(fields.size());
  for (auto& [name, value] : fields) entries.push_back({String(std::move(name)), std::move(value)});
  return FromData(std::make_shared<MapData>(std::move(entries)));
}

Value Value::FromData(std::shared_ptr<MapData> map) {
  return Value(Data(MapPointer(std::move(map))));
}

Value Value::Of(Decision decision) {
  return Value(Data(std::make_shared<const Decision>(std::move(decision))));
}

const Value::Entries& Value::entries() const { return std::get<MapPointer>(data_)->entries; }

const Value* Value::Find(const Value& wanted) const {
  const auto key = ToKey(wanted);
  if (!key) return nullptr;
  const MapData& map = *std::get<MapPointer>(data_);
  const auto found = std::lower_bound(
      map.by_key.begin(), map.by_key.end(), *key,
      [&](std::uint32_t index, const Value& k) { return IsKeyLess(map.entries[index].key, k); });
  if (found == map.by_key.end() || IsKeyLess(*key, map.entries[*found].key)) return nullptr;
  return &map.entries[*found].value;
}

const Value* Value::Find(std::string_view key) const {
  const MapData& map = *std::get<MapPointer>(data_);
  const auto is_before = [&](std::uint32_t index, std::string_view k) {
    const Value& other = map.entries[index].key;
    return !other.Is(Kind::kString) || other.string() < k;
  };
  const auto found = std::lower_bound(map.by_key.begin(), map.by_key.end(), key, is_before);
  if (found == map.by_key.end() || map.entries[*found].key.string() != key) return nullptr;
  return &map.entries[*found].value;
}

std::uint64_t Value::weight() const {
  switch (kind()) {
    case Kind::kString:
      return 1 + string().size() / 16;
    case Kind::kBytes:
      return 1 + bytes().size() / 16;
    case Kind::kList:
      return std::get<ListPointer>(data_)->weight;
    case Kind::kMap:
      return std::get<MapPointer>(data_)->weight;
    default:
      return 1;
  }
}

}  // namespace gatewright::cel
