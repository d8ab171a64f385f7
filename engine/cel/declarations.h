// engine/cel/declarations.h: the variables that an expression may use, and what type each has.
// Filled by one thread, then read by any.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "engine/cel/type.h"

namespace gatewright::cel {

class Declarations {
 public:
  Declarations& Add(std::string name, Type type) {
    types_.insert_or_assign(std::move(name), std::move(type));
    return *this;
  }
  // Null when it is not declared.
  const Type* Find(std::string_view name) const {
    const auto found = types_.find(name);
    return found == types_.end() ? nullptr : &found->second;
  }
  const std::map<std::string, Type, std::less<>>& all() const { return types_; }

 private:
  std::map<std::string, Type, std::less<>> types_;
};

}  // namespace gatewright::cel
