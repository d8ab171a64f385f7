// engine/codec/member_reader.h: reads the members of an event as MemberWriter writes them.
// Remembers the first thing that is wrong, and counts what it has taken, so that a member nobody
// asked for shows too. Private to the codec.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/codec/event_words.h"

namespace gatewright::codec {

class MemberReader {
 public:
  explicit MemberReader(const boost::json::object& object) : object_(object) {}

  void Text(std::string_view name, std::string& text);
  template <class Tag>
  void Text(std::string_view name, Name<Tag>& text) {
    Text(name, text.value);
  }
  template <class T>
  void FullText(std::string_view name, T& text) {
    Text(name, text);
  }
  template <class T>
  void Texts(std::string_view name, std::vector<T>& texts) {
    List(name, "an array of strings", [&texts](const boost::json::value& element) {
      const auto* text = element.if_string();
      if (text != nullptr) texts.emplace_back(std::string_view(*text));
      return text != nullptr;
    });
  }
  void Pairs(std::string_view name, std::vector<std::pair<std::string, std::string>>& pairs);

  void Integer(std::string_view name, std::int64_t& number);
  void Integer(std::string_view name, std::uint32_t& number);
  template <class Tag>
  void Integer(std::string_view name, Number<Tag>& number) {
    Integer(name, number.value);
  }
  template <class Tag>
  void Integer(std::string_view name, std::optional<Number<Tag>>& number) {
    if (object_.if_contains(name) != nullptr) Integer(name, number.emplace().value);
  }

  void Flag(std::string_view name, bool& flag);

  void At(std::string_view name, Time& time);
  void At(std::string_view name, std::optional<Time>& time);
  void Times(std::string_view name, std::vector<Time>& times);

  void Json(std::string_view name, std::string& json);

  template <class Enum>
  void Word(std::string_view name, Enum& value) {
    static constexpr auto kWords = WordsOf(Enum{});
    if (const auto index = Index(name, kWords)) value = static_cast<Enum>(*index + 1);
  }
  template <class Enum>
  void WordUnless(Enum usual, std::string_view name, Enum& value) {
    value = usual;
    if (object_.if_contains(name) != nullptr) Word(name, value);
  }

  template <class T>
  void Objects(std::string_view name, std::vector<T>& values) {
    List(name, "an array of objects", [this, &values](const boost::json::value& element) {
      const auto* object = element.if_object();
      if (object == nullptr) return false;
      MemberReader reader(*object);
      Members(reader, values.emplace_back());
      if (problem_.empty()) problem_ = reader.Problem();
      return true;
    });
  }

  // Empty when every member was good and known.
  std::string Problem() const;

 private:
  const boost::json::value* Take(std::string_view name);
  void Fail(std::string_view name, std::string_view expected);
  std::optional<std::size_t> Index(std::string_view name, std::span<const std::string_view> words);

  template <class Read>
  void List(std::string_view name, std::string_view expected, Read read) {
    const boost::json::value* value = Take(name);
    if (value == nullptr) return;
    const auto* array = value->if_array();
    if (array == nullptr) return Fail(name, expected);
    for (const auto& element : *array) {
      if (!read(element)) return Fail(name, expected);
    }
  }

  const boost::json::object& object_;
  std::size_t taken_ = 0;
  std::string problem_;
};

// One event of a variant. kCorrupt with a sentence when a member is missing, of another type, or
// unknown.
template <class Variant>
Result<Variant> ReadTyped(const boost::json::value& value, const EventNames<Variant>& names) {
  const auto* object = value.if_object();
  if (object == nullptr) return Error{ErrorCode::kCorrupt, "expected an event object"};
  MemberReader reader(*object);
  std::string type;
  reader.Text("type", type);
  Variant event;
  const bool is_known = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return ((names[I].type == type && (Members(reader, event.template emplace<I>()), true)) || ...);
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>());
  if (!is_known) return Error{ErrorCode::kCorrupt, "unknown event type '" + type + "'"};
  if (const auto problem = reader.Problem(); !problem.empty()) {
    return Error{ErrorCode::kCorrupt, "event " + type + ": " + problem};
  }
  return event;
}

// The same for an array of them.
template <class Variant>
Result<std::vector<Variant>> ReadAllTyped(const boost::json::value& document,
                                          const EventNames<Variant>& names) {
  const auto* array = document.if_array();
  if (array == nullptr) return Error{ErrorCode::kCorrupt, "expected an array of events"};
  std::vector<Variant> events;
  events.reserve(array->size());
  for (const auto& value : *array) {
    GW_TRY(event, ReadTyped<Variant>(value, names));
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace gatewright::codec
