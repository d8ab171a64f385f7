// engine/codec/object_reader.h: takes the members of a request's JSON object, one by one, and
// notes every mistake with its JSON pointer: a missing or unknown member, a wrong type, a limit.
// One thread each.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/time.h"
#include "engine/codec/requests.h"

namespace gatewright::codec {

struct TextLimit {
  std::size_t code_points = 0;
  bool may_be_empty = true;
};

class ObjectReader {
 public:
  // `place`: the JSON pointer to the object within the body.
  ObjectReader(const boost::json::object& object, std::vector<RequestProblem>& problems,
               std::string place = "")
      : object_(object), problems_(problems), place_(std::move(place)) {}

  // Absent and null are the same.
  bool Has(std::string_view name) const;
  std::optional<std::string> Text(std::string_view name, TextLimit limit);
  // Also notes its absence.
  std::string NeedText(std::string_view name, TextLimit limit);
  // One of `allowed`; its index.
  std::optional<std::size_t> Choice(std::string_view name,
                                    std::initializer_list<std::string_view> allowed);
  // Also notes its absence; `allowed` is not empty. The first of them then.
  std::size_t NeedChoice(std::string_view name, std::initializer_list<std::string_view> allowed);
  bool Flag(std::string_view name);  // absent = false
  std::optional<std::int64_t> PositiveInteger(std::string_view name);
  std::optional<std::int64_t> Percent(std::string_view name);  // a whole number from 0 to 100
  std::int64_t NeedPositiveInteger(std::string_view name);
  std::optional<Time> Moment(std::string_view name);  // RFC 3339, of the years 1970 to 9999
  Time NeedMoment(std::string_view name);
  std::optional<Duration> Length(std::string_view name);  // "2h"; longer than nothing
  // The member as JSON text when it is an object.
  std::string Object(std::string_view name);
  std::string NeedObject(std::string_view name);
  std::string CanonicalObject(std::string_view name);
  // An object of at most `max` members, named with 1 to kMaxNameLength characters, whose values are
  // strings.
  std::vector<std::pair<std::string, std::string>> Pairs(std::string_view name, std::size_t max,
                                                         TextLimit limit);
  // An array of at most `max` strings.
  std::vector<std::string> Texts(std::string_view name, std::size_t max, TextLimit limit);
  bool IsArray(std::string_view name) const;
  // Every element of an array of objects, with a reader that names its place.
  void Each(std::string_view name, std::size_t min, std::size_t max,
            const std::function<void(ObjectReader&)>& read);

  void Problem(std::string_view name, std::string detail);
  // Call last: notes every member that none of the above asked for.
  void RefuseUnknown();

 private:
  const boost::json::value* Take(std::string_view name);
  std::optional<std::string> TextOf(std::string_view name, const boost::json::value& value,
                                    TextLimit limit);
  // Notes what was expected instead of `value`.
  void Expected(std::string_view name, std::string_view what, const boost::json::value& value);

  const boost::json::object& object_;
  std::vector<RequestProblem>& problems_;
  std::string place_;
  std::vector<std::string_view> known_;
};

}  // namespace gatewright::codec
