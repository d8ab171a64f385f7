#include "engine/codec/member_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "engine/codec/json.h"

namespace gatewright::codec {

namespace json = boost::json;

void MemberReader::Text(std::string_view name, std::string& text) {
  const json::value* value = Take(name);
  if (value == nullptr) return;
  const auto* found = value->if_string();
  if (found == nullptr) return Fail(name, "a string");
  text.assign(found->data(), found->size());
}

void MemberReader::Pairs(std::string_view name,
                         std::vector<std::pair<std::string, std::string>>& pairs) {
  const json::value* value = Take(name);
  if (value == nullptr) return;
  const auto* object = value->if_object();
  if (object == nullptr) return Fail(name, "an object of strings");
  for (const auto& member : *object) {
    const auto* text = member.value().if_string();
    if (text == nullptr) return Fail(name, "an object of strings");
    pairs.emplace_back(std::string(member.key()), std::string(*text));
  }
}

void MemberReader::Integer(std::string_view name, std::int64_t& number) {
  const json::value* value = Take(name);
  if (value == nullptr || !value->is_int64()) return Fail(name, "an integer");
  number = value->get_int64();
}

void MemberReader::Integer(std::string_view name, std::uint32_t& number) {
  std::int64_t wide = 0;
  Integer(name, wide);
  if (wide < 0 || wide > std::numeric_limits<std::uint32_t>::max()) {
    return Fail(name, "an integer of 0 to 4,294,967,295");
  }
  number = static_cast<std::uint32_t>(wide);
}

void MemberReader::Flag(std::string_view name, bool& flag) {
  const json::value* value = Take(name);
  if (value == nullptr) return;
  const bool* found = value->if_bool();
  if (found == nullptr) return Fail(name, "true or false");
  flag = *found;
}

namespace {

std::optional<Time> TimeOf(const json::value& value) {
  const auto* text = value.if_string();
  return text == nullptr ? std::nullopt : ParseTime(*text);
}

}  // namespace

void MemberReader::At(std::string_view name, std::optional<Time>& time) {
  const json::value* value = Take(name);
  if (value == nullptr) return;
  time = TimeOf(*value);
  if (!time) Fail(name, "a time");
}

void MemberReader::At(std::string_view name, Time& time) {
  std::optional<Time> found;
  At(name, found);
  if (!found) return Fail(name, "a time");
  time = *found;
}

void MemberReader::Times(std::string_view name, std::vector<Time>& times) {
  List(name, "an array of times", [&times](const json::value& element) {
    const auto time = TimeOf(element);
    if (time) times.push_back(*time);
    return time.has_value();
  });
}

void MemberReader::Json(std::string_view name, std::string& json) {
  const json::value* value = Take(name);
  if (value != nullptr) json = CanonicalJson(*value);
}

std::string MemberReader::Problem() const {
  if (!problem_.empty() || taken_ == object_.size()) return problem_;
  return fmt::format("found {} members, expected {}", object_.size(), taken_);
}

const json::value* MemberReader::Take(std::string_view name) {
  const json::value* value = object_.if_contains(name);
  if (value != nullptr) ++taken_;
  return value;
}

void MemberReader::Fail(std::string_view name, std::string_view expected) {
  if (problem_.empty()) problem_ = fmt::format("'{}': expected {}", name, expected);
}

std::optional<std::size_t> MemberReader::Index(std::string_view name,
                                               std::span<const std::string_view> words) {
  std::string text;
  Text(name, text);
  const auto found = std::ranges::find(words, text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  Fail(name, fmt::format("one of {}", fmt::join(words, ", ")));
  return std::nullopt;
}

}  // namespace gatewright::codec
