// engine/codec/object_reader.h: takes the members of a request's JSON object, one by one, and
// notes every mistake with its JSON pointer: a missing or unknown member, a wrong type, a limit.
// One thread each.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/codec/requests.h"

namespace gatewright::codec {

struct TextLimit {
  std::size_t code_points = 0;
  bool may_be_empty = true;
};

class ObjectReader {
 public:
  ObjectReader(const boost::json::object& object, std::vector<RequestProblem>& problems)
      : object_(object), problems_(problems) {}

  // Absent and null are the same.
  bool Has(std::string_view name) const;
  std::optional<std::string> Text(std::string_view name, TextLimit limit);
  // Also notes its absence.
  std::string NeedText(std::string_view name, TextLimit limit);
  // One of `allowed`; its index.
  std::optional<std::size_t> Choice(std::string_view name,
                                    std::initializer_list<std::string_view> allowed);
  std::optional<std::int64_t> PositiveInteger(std::string_view name);
  // The member as JSON text when it is an object.
  std::string Object(std::string_view name);
  // Known to the design, not to this version: refused in its own words.
  void Later(std::string_view name);

  void Problem(std::string_view name, std::string detail);
  // Call last: notes every member that none of the above asked for.
  void RefuseUnknown();

 private:
  const boost::json::value* Take(std::string_view name);

  const boost::json::object& object_;
  std::vector<RequestProblem>& problems_;
  std::vector<std::string_view> known_;
};

}  // namespace gatewright::codec
