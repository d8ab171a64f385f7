#include "plugins/host/text.h"

#include <fmt/format.h>

#include "engine/codec/json.h"
#include "engine/codec/utf8.h"

namespace gatewright::host {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Appends `text` to `out` until `limit`, with `write` deciding how a good character looks.
template <class Write>
std::string Clean(std::string_view text, std::size_t limit, Write write) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = codec::Utf8Length(text);
    const std::size_t before = out.size();
    if (length == 0) {
      out += kReplacement;
    } else {
      write(out, text.substr(0, length));
    }
    if (out.size() > limit) {
      out.resize(before);
      break;
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

void AppendPrintable(std::string& out, std::string_view character) {
  const auto byte = static_cast<unsigned char>(character.front());
  if (character == "\n") {
    out += "\\n";
  } else if (character == "\t") {
    out += "\\t";
  } else if (byte < 0x20 || byte == 0x7f) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
  } else if (character.size() == 2 && byte == 0xC2 &&
             static_cast<unsigned char>(character[1]) < 0xA0) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(character[1]));
  } else {
    out += character;
  }
}

}  // namespace

std::string CleanText(std::string_view text, std::size_t limit) {
  if (text.size() <= limit && codec::IsUtf8(text)) return std::string(text);
  return Clean(text, limit, [](std::string& out, std::string_view good) { out += good; });
}

std::string CleanLine(std::string_view text, std::size_t limit) {
  return Clean(text, limit, AppendPrintable);
}

std::string FindJsonObjectProblem(std::string_view json) {
  if (json.empty()) return {};
  if (json.size() > kMaxJson) {
    return fmt::format("expected at most {} bytes of JSON, found {}", kMaxJson, json.size());
  }
  const auto parsed = codec::ParseJson(json);
  if (!parsed) return fmt::format("expected a JSON object: {}", parsed.error().message);
  if (!parsed->is_object()) return "expected a JSON object, found another JSON value";
  return {};
}

}  // namespace gatewright::host
