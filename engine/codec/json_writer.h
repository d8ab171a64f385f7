// engine/codec/json_writer.h: writes JSON by appending to a string: no tree, no allocation of its
// own. It trusts its caller to open and close in the right order. One thread each.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/codec/json.h"

namespace gatewright::codec {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& OpenObject() { return Open('{'); }
  JsonWriter& CloseObject() { return Close('}'); }
  JsonWriter& OpenArray() { return Open('['); }
  JsonWriter& CloseArray() { return Close(']'); }

  // `name` is ours and needs no escapes.
  JsonWriter& Key(std::string_view name) {
    Separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    return *this;
  }

  // The same for a name that came from outside.
  JsonWriter& ForeignKey(std::string_view name) {
    Separate();
    AppendJsonString(out_, name);
    out_ += ':';
    return *this;
  }

  JsonWriter& Text(std::string_view text) {
    Separate();
    AppendJsonString(out_, text);
    return *this;
  }
  // Text that is ours: an enumerator's name.
  JsonWriter& Word(std::string_view word) {
    Separate();
    out_ += '"';
    out_ += word;
    out_ += '"';
    return *this;
  }
  JsonWriter& Integer(std::int64_t number) {
    Separate();
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out_.append(digits, end);
    return *this;
  }
  JsonWriter& Boolean(bool value) { return Raw(value ? "true" : "false"); }
  JsonWriter& Null() { return Raw("null"); }
  JsonWriter& Moment(Time time) {
    Separate();
    out_ += '"';
    AppendTime(out_, time);
    out_ += '"';
    return *this;
  }
  // JSON that was written before.
  JsonWriter& Raw(std::string_view json) {
    Separate();
    out_ += json;
    return *this;
  }

  JsonWriter& TextOrNull(std::string_view text) { return text.empty() ? Null() : Text(text); }
  JsonWriter& MomentOrNull(const std::optional<Time>& time) {
    return time ? Moment(*time) : Null();
  }
  JsonWriter& RawOrNull(std::string_view json) { return json.empty() ? Null() : Raw(json); }

 private:
  JsonWriter& Open(char bracket) {
    Separate();
    out_ += bracket;
    return *this;
  }
  JsonWriter& Close(char bracket) {
    out_ += bracket;
    return *this;
  }
  // A comma belongs before everything that does not come first.
  void Separate() {
    if (out_.empty()) return;
    switch (out_.back()) {
      case '{':
      case '[':
      case ':':
      case ' ':
      case '\n':
        return;
      default:
        out_ += ',';
    }
  }

  std::string& out_;
};

}  // namespace gatewright::codec
