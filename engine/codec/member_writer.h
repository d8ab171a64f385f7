// engine/codec/member_writer.h: writes the members of an event, where MemberReader reads them: both
// are handed to the same `Members(io, value)`. Empty members are left out. Private to the codec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/codec/event_words.h"
#include "engine/codec/json.h"

namespace gatewright::codec {

class MemberWriter {
 public:
  explicit MemberWriter(std::string& out) : out_(out) {}

  template <class T>
  void Text(std::string_view name, const T& text) {
    if (View(text).empty()) return;
    FullText(name, text);
  }
  // Also when it is empty.
  template <class T>
  void FullText(std::string_view name, const T& text) {
    Key(name);
    AppendJsonString(out_, View(text));
  }
  template <class T>
  void Texts(std::string_view name, const std::vector<T>& texts) {
    List(name, texts, [this](const T& text) { AppendJsonString(out_, View(text)); });
  }
  // Names with a text each, as an object.
  void Pairs(std::string_view name, const std::vector<std::pair<std::string, std::string>>& pairs) {
    if (pairs.empty()) return;
    Key(name);
    out_ += '{';
    for (const auto& [key, text] : pairs) {
      if (out_.back() != '{') out_ += ',';
      AppendJsonString(out_, key);
      out_ += ':';
      AppendJsonString(out_, text);
    }
    out_ += '}';
  }

  void Integer(std::string_view name, std::int64_t number);
  template <class Tag>
  void Integer(std::string_view name, const Number<Tag>& number) {
    Integer(name, number.value);
  }
  template <class Tag>
  void Integer(std::string_view name, const std::optional<Number<Tag>>& number) {
    if (number) Integer(name, number->value);
  }

  void Flag(std::string_view name, bool flag) {
    if (!flag) return;
    Key(name);
    out_ += "true";
  }

  void At(std::string_view name, Time time) {
    Key(name);
    Moment(time);
  }
  void At(std::string_view name, const std::optional<Time>& time) {
    if (time) At(name, *time);
  }
  void Times(std::string_view name, const std::vector<Time>& times) {
    List(name, times, [this](Time time) { Moment(time); });
  }

  // `json` is canonical JSON already.
  void Json(std::string_view name, const std::string& json) {
    if (json.empty()) return;
    Key(name);
    out_ += json;
  }

  template <class Enum>
  void Word(std::string_view name, Enum value) {
    Key(name);
    out_ += '"';
    out_ += WordsOf(value)[static_cast<std::size_t>(value) - 1];
    out_ += '"';
  }
  // Left out when it is the usual one.
  template <class Enum>
  void WordUnless(Enum usual, std::string_view name, Enum value) {
    if (value != usual) Word(name, value);
  }

  // Values that have `Members` of their own.
  template <class T>
  void Objects(std::string_view name, const std::vector<T>& values) {
    List(name, values, [this](const T& value) {
      out_ += '{';
      Members(*this, value);
      out_ += '}';
    });
  }

 private:
  static std::string_view View(const std::string& text) { return text; }
  template <class Tag>
  static std::string_view View(const Name<Tag>& name) {
    return name.value;
  }

  void Key(std::string_view name);
  void Moment(Time time);

  template <class T, class Write>
  void List(std::string_view name, const std::vector<T>& values, Write write) {
    if (values.empty()) return;
    Key(name);
    char separator = '[';
    for (const T& value : values) {
      out_ += separator;
      write(value);
      separator = ',';
    }
    out_ += ']';
  }

  std::string& out_;
};

// {"type":"VoteCast", …}: `type` always comes first.
template <class Variant>
void AppendTyped(std::string& out, const Variant& event, const EventNames<Variant>& names) {
  out += "{\"type\":\"";
  out += names[event.index()].type;
  out += '"';
  MemberWriter writer(out);
  std::visit([&writer](const auto& members) { Members(writer, members); }, event);
  out += '}';
}

// An array of them.
template <class Variant>
std::string AllTypedToJson(const std::vector<Variant>& events, const EventNames<Variant>& names) {
  std::string out;
  out.reserve(96 * events.size() + 2);
  out += '[';
  for (const Variant& event : events) {
    if (out.size() > 1) out += ',';
    AppendTyped(out, event, names);
  }
  out += ']';
  return out;
}

}  // namespace gatewright::codec
