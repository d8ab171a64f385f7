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
  problems_.push_back({"/" + Escaped(name), std::move(detail)});
}

std::optional<std::string> ObjectReader::Text(std::string_view name, TextLimit limit) {
  const auto* value = Take(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    Problem(name, fmt::format("expected a string, found {}", Describe(*value)));
    return std::nullopt;
  }
  const std::string_view text = value->get_string();
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

std::string ObjectReader::Object(std::string_view name) {
  const auto* value = Take(name);
  if (value == nullptr) return {};
  if (!value->is_object()) {
    Problem(name, fmt::format("expected an object, found {}", Describe(*value)));
    return {};
  }
  return ToJson(*value);
}

void ObjectReader::Later(std::string_view name) {
  if (Take(name) == nullptr) return;
  Problem(name, fmt::format("'{}' is not supported yet by this version; leave it out", name));
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
