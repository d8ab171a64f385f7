// tests/cel/textproto.h: reads what the conformance files use of protocol buffers' text format.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatewright::cel::testing {

// A message: fields in the order they stand, each with a nested message or with a text.
struct Message {
  struct Field;
  std::vector<Field> fields;

  // Null when there is none of that name.
  const Message* Find(std::string_view name) const;
  // The text of a field, or "" when there is none.
  std::string Text(std::string_view name) const;
  std::vector<const Message*> All(std::string_view name) const;
};

struct Message::Field {
  std::string name;
  std::string text;  // numbers and words as they stand, strings unescaped
  Message message;
};

// Throws std::runtime_error with the line.
Message ParseTextproto(std::string_view text);

}  // namespace gatewright::cel::testing
