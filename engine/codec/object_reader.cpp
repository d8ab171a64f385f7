#include "engine/codec/object_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/base/edit_distance.h"
#include "engine/codec/json.h"
#include "engine/codec/utf8.h"

namespace gatewright::codec {
namespace {

std::string_view Describe(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return "null";
    case boost::json::kind::bool_:
      return "a boolean";
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
    case boost::json::kind::double_:
      return "a number";
    case boost::json::kind::string:
      return "a string";
    case boost::json::kind::array:
      return "an array";
    case boost::json::kind::object:
      return "an object";
  }
  return "something else";
}

// One token of a JSON pointer.
std::string Escaped(std::string_view token) {
  std::string out;
  for (const char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

// As much of foreign text as a message should repeat.
std::string Shortened(std::string_view text) {
  constexpr std::size_t kEnough = 64;
  if (text.size() <= kEnough) return std::string(text);
  std::size_t end = kEnough;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace

const boost::json::value* ObjectReader::Take(std::string_view name) {
  known_.push_back(name);
  const auto* value = object_.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool ObjectReader::Has(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr && !value->is_null();
}

void ObjectReader::Problem(std::string_view name, std::string detail) {
  problems_.push_back({fmt::format("{}/{}", place_, Escaped(name)), std::move(detail)});
}

void ObjectReader::Expected(std::string_view name, std::string_view what,
                            const boost::json::value& value) {
  std::string found(Describe(value));
  if (const auto* text = value.if_string()) found = fmt::format("'{}'", Shortened(*text));
  if (value.is_number()) found = ToJson(value);
  Problem(name, fmt::format("expected {}, found {}", what, found));
}

std::optional<std::string> ObjectReader::Text(std::string_view name, TextLimit limit) {
  const auto* value = Take(name);
  if (value == nullptr) return std::nullopt;
  return TextOf(name, *value, limit);
}

std::optional<std::string> ObjectReader::TextOf(std::string_view name,
                                                const boost::json::value& value, TextLimit limit) {
  if (!value.is_string()) {
    Problem(name, fmt::format("expected a string, found {}", Describe(value)));
    return std::nullopt;
  }
  const std::string_view text = value.get_string();
  const std::size_t length = CountCodePoints(text);
  if (length > limit.code_points) {
    Problem(name,
            fmt::format("expected at most {} characters, found {}", limit.code_points, length));
    return std::nullopt;
  }
  const bool is_blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  if (!limit.may_be_empty && is_blank) {
    Problem(name, fmt::format("expected 1 to {} characters that are not all blank, found {}",
                              limit.code_points, text.empty() ? "none" : "blanks only"));
    return std::nullopt;
  }
  return std::string(text);
}

std::string ObjectReader::NeedText(std::string_view name, TextLimit limit) {
  if (!Has(name)) {
    known_.push_back(name);
    Problem(name,
            fmt::format("'{}' is needed: a string of 1 to {} characters", name, limit.code_points));
    return {};
  }
  return Text(name, limit).value_or("");
}

std::optional<std::size_t> ObjectReader::Choice(std::string_view name,
                                                std::initializer_list<std::string_view> allowed) {
  const auto* value = Take(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    Problem(name, fmt::format("expected one of {}, found {}", fmt::join(allowed, ", "),
                              Describe(*value)));
    return std::nullopt;
  }
  const std::string_view text = value->get_string();
  const auto found = std::ranges::find(allowed, text);
  if (found == allowed.end()) {
    const std::vector<std::string_view> words(allowed);
    Problem(name, fmt::format("expected one of {}, found '{}'.{}", fmt::join(allowed, ", "),
                              Shortened(text), DidYouMeanSuffix(text, words)));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - allowed.begin());
}

std::size_t ObjectReader::NeedChoice(std::string_view name,
                                     std::initializer_list<std::string_view> allowed) {
  if (!Has(name)) {
    known_.push_back(name);
    Problem(name, fmt::format("'{}' is needed: one of {}", name, fmt::join(allowed, ", ")));
    return 0;
  }
  return Choice(name, allowed).value_or(0);
}

bool ObjectReader::Flag(std::string_view name) {
  const auto* value = Take(name);
  if (value == nullptr) return false;
  if (!value->is_bool()) Expected(name, "true or false", *value);
  return value->is_bool() && value->get_bool();
}

std::optional<std::int64_t> ObjectReader::PositiveInteger(std::string_view name) {
  const auto* value = Take(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_int64() || value->get_int64() < 1) {
    Problem(name, fmt::format("expected a positive integer, found {}",
                              value->is_number() ? ToJson(*value) : std::string(Describe(*value))));
    return std::nullopt;
  }
  return value->get_int64();
}

std::optional<std::int64_t> ObjectReader::Percent(std::string_view name) {
  const auto* value = Take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_int64() && value->get_int64() >= 0 && value->get_int64() <= 100) {
    return value->get_int64();
  }
  Expected(name, "a whole number from 0 to 100", *value);
  return std::nullopt;
}

std::int64_t ObjectReader::NeedPositiveInteger(std::string_view name) {
  if (!Has(name)) {
    known_.push_back(name);
    Problem(name, fmt::format("'{}' is needed: a positive integer", name));
    return 0;
  }
  return PositiveInteger(name).value_or(0);
}

std::optional<Time> ObjectReader::Moment(std::string_view name) {
  using namespace std::chrono;
  constexpr Time kFirst{};
  constexpr Time kLast = Time{sys_days{year{10000} / 1 / 1}} - Duration{1};
  const auto* value = Take(name);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->if_string();
  const auto time = text == nullptr ? std::nullopt : ParseTime(*text);
  if (time && *time >= kFirst && *time <= kLast) return time;
  Expected(name, "an RFC 3339 time of the years 1970 to 9999, such as 2026-03-01T09:30:00Z",
           *value);
  return std::nullopt;
}

Time ObjectReader::NeedMoment(std::string_view name) {
  if (!Has(name)) {
    known_.push_back(name);
    Problem(name,
            fmt::format("'{}' is needed: an RFC 3339 time, such as 2026-03-01T09:30:00Z", name));
    return {};
  }
  return Moment(name).value_or(Time{});
}

std::optional<Duration> ObjectReader::Length(std::string_view name) {
  const auto* value = Take(name);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->if_string();
  const auto length = text == nullptr ? std::nullopt : ParseDuration(*text);
  if (length && *length > Duration::zero()) return length;
  Expected(name, "a duration longer than nothing, such as 2h or 1h30m (units w, d, h, m, s, ms)",
           *value);
  return std::nullopt;
}

std::string ObjectReader::Object(std::string_view name) {
  const auto* value = Take(name);
  if (value == nullptr) return {};
  if (!value->is_object()) {
    Problem(name, fmt::format("expected an object, found {}", Describe(*value)));
    return {};
  }
  return ToJson(*value);
}

std::string ObjectReader::NeedObject(std::string_view name) {
  if (!Has(name)) {
    known_.push_back(name);
    Problem(name, fmt::format("'{}' is needed: an object", name));
    return {};
  }
  return Object(name);
}

std::string ObjectReader::CanonicalObject(std::string_view name) {
  if (Object(name).empty()) return {};
  return CanonicalJson(object_.at(name));
}

std::vector<std::pair<std::string, std::string>> ObjectReader::Pairs(std::string_view name,
                                                                     std::size_t max,
                                                                     TextLimit limit) {
  const auto* value = Take(name);
  if (value == nullptr) return {};
  const auto* object = value->if_object();
  if (object == nullptr || object->size() > max) {
    Problem(name, fmt::format("expected an object of at most {} strings, found {}", max,
                              object == nullptr ? std::string(Describe(*value))
                                                : fmt::format("{}", object->size())));
    return {};
  }
  std::vector<std::pair<std::string, std::string>> pairs;
  ObjectReader members(*object, problems_, fmt::format("{}/{}", place_, Escaped(name)));
  for (const auto& member : *object) {
    const std::size_t length = CountCodePoints(member.key());
    if (length == 0 || length > kMaxNameLength) {
      Problem(name, fmt::format("expected names of 1 to {} characters, found one of {}",
                                kMaxNameLength, length));
      continue;
    }
    auto text = members.TextOf(member.key(), member.value(), limit);
    if (text) pairs.emplace_back(member.key(), *std::move(text));
  }
  return pairs;
}

std::vector<std::string> ObjectReader::Texts(std::string_view name, std::size_t max,
                                             TextLimit limit) {
  const auto* value = Take(name);
  if (value == nullptr) return {};
  const auto* array = value->if_array();
  if (array == nullptr || array->size() > max) {
    Problem(name, fmt::format("expected an array of at most {} strings, found {}", max,
                              array == nullptr ? std::string(Describe(*value))
                                               : fmt::format("{}", array->size())));
    return {};
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < array->size(); ++i) {
    auto text = TextOf(fmt::format("{}/{}", name, i), (*array)[i], limit);
    if (text) texts.push_back(*std::move(text));
  }
  return texts;
}

bool ObjectReader::IsArray(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr && value->is_array();
}

void ObjectReader::Each(std::string_view name, std::size_t min, std::size_t max,
                        const std::function<void(ObjectReader&)>& read) {
  const auto* value = Take(name);
  if (value == nullptr) {
    if (min > 0)
      Problem(name, fmt::format("'{}' is needed: an array of {} to {} objects", name, min, max));
    return;
  }
  const auto* array = value->if_array();
  if (array == nullptr || array->size() < min || array->size() > max) {
    return Problem(name, fmt::format("expected an array of {} to {} objects, found {}", min, max,
                                     array == nullptr ? std::string(Describe(*value))
                                                      : fmt::format("{}", array->size())));
  }
  for (std::size_t i = 0; i < array->size(); ++i) {
    auto place = fmt::format("{}/{}/{}", place_, Escaped(name), i);
    const auto* element = (*array)[i].if_object();
    if (element == nullptr) {
      problems_.push_back(
          {std::move(place), fmt::format("expected an object, found {}", Describe((*array)[i]))});
      continue;
    }
    ObjectReader reader(*element, problems_, std::move(place));
    read(reader);
    reader.RefuseUnknown();
  }
}

void ObjectReader::RefuseUnknown() {
  for (const auto& member : object_) {
    const std::string_view name = member.key();
    if (std::ranges::find(known_, name) != known_.end()) continue;
    Problem(name, fmt::format("unknown member '{}' (known: {}).{}", Shortened(name),
                              fmt::join(known_, ", "), DidYouMeanSuffix(name, known_)));
  }
}

}  // namespace gatewright::codec
