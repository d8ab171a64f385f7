// engine/cel/type_names.h: the names that stand for types: int, string, list … Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/cel/value.h"

namespace gatewright::cel {

inline std::optional<Kind> FindTypeNamed(std::string_view name) {
  for (const Kind kind : {Kind::kNull, Kind::kBool, Kind::kInt, Kind::kUint, Kind::kDouble,
                          Kind::kString, Kind::kBytes, Kind::kList, Kind::kMap, Kind::kType}) {
    if (NameOf(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace gatewright::cel
