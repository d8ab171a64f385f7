#include "engine/calendar/ics_lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatewright::calendar {
namespace {

constexpr std::size_t kMaxLine = 64 * 1024;  // unfolded
constexpr std::size_t kMaxParameters = 32;

std::string ToUpper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

std::string_view TakeName(std::string_view& rest) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), IsNameCharacter);
  const auto name = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(name.size());
  return name;
}

// Up to ';' or ':' outside of quotes. Nothing: a quote is not closed.
std::optional<std::string> TakeParameterValue(std::string_view& rest) {
  std::string value;
  bool is_quoted = false;
  std::size_t at = 0;
  for (; at < rest.size(); ++at) {
    const char c = rest[at];
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (c == ';' || c == ':')) {
      break;
    } else {
      value += c;
    }
  }
  if (is_quoted) return std::nullopt;
  rest.remove_prefix(at);
  return value;
}

std::optional<ContentLine> TakeApart(std::string_view text, std::size_t number) {
  ContentLine line;
  line.line = number;
  std::string_view rest = text;
  line.name = ToUpper(TakeName(rest));
  if (line.name.empty()) return std::nullopt;
  while (rest.starts_with(';')) {
    rest.remove_prefix(1);
    const std::string name = ToUpper(TakeName(rest));
    if (name.empty() || !rest.starts_with('=') || line.parameters.size() >= kMaxParameters) {
      return std::nullopt;
    }
    rest.remove_prefix(1);
    auto value = TakeParameterValue(rest);
    if (!value) return std::nullopt;
    line.parameters.push_back({name, std::move(*value)});
  }
  if (!rest.starts_with(':')) return std::nullopt;
  line.value = rest.substr(1);
  return line;
}

// The length of the UTF-8 sequence at the front; 0 when it is none.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  // Overlong forms, surrogates, and what is beyond Unicode.
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  return length;
}

std::string Unescape(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\' || i + 1 == value.size()) {
      text += value[i];
      continue;
    }
    const char escaped = value[++i];
    text += escaped == 'n' || escaped == 'N' ? ' ' : escaped;
  }
  return text;
}

}  // namespace

const std::string* ContentLine::Find(std::string_view parameter) const {
  for (const Parameter& one : parameters) {
    if (one.name == parameter) return &one.value;
  }
  return nullptr;
}

std::vector<ContentLine> ReadContentLines(std::string_view text,
                                          std::vector<IcsProblem>& problems) {
  std::vector<ContentLine> lines;
  std::string unfolded;
  std::size_t first = 0;  // where `unfolded` begins
  std::size_t number = 0;
  const auto finish = [&] {
    if (unfolded.empty()) return;
    if (unfolded.size() > kMaxLine) {
      problems.push_back({first, fmt::format("the line has {} characters (allowed: {})",
                                             unfolded.size(), kMaxLine)});
    } else if (auto line = TakeApart(unfolded, first)) {
      lines.push_back(std::move(*line));
    } else {
      problems.push_back(
          {first, fmt::format("expected a line such as DTSTART;TZID=Europe/Berlin:20260105T090000, "
                              "found '{}'",
                              ReadText(unfolded, 60))});
    }
    unfolded.clear();
  };
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!unfolded.empty() && (line.starts_with(' ') || line.starts_with('\t'))) {
      unfolded += line.substr(1);
      continue;
    }
    finish();
    unfolded = line;
    first = number;
  }
  finish();
  return lines;
}

std::string ReadText(std::string_view value, std::size_t max_bytes) {
  const std::string unescaped = Unescape(value);
  std::string text;
  for (std::string_view rest = unescaped; !rest.empty();) {
    const std::size_t length = SequenceLength(rest);
    const std::string_view sequence = rest.substr(0, std::max<std::size_t>(length, 1));
    const auto byte = static_cast<unsigned char>(sequence[0]);
    const bool is_control = byte < 0x20 || byte == 0x7F;
    const std::string_view shown = length == 0 ? "?" : is_control ? " " : sequence;
    if (text.size() + shown.size() > max_bytes) break;
    text += shown;
    rest.remove_prefix(sequence.size());
  }
  return text;
}

}  // namespace gatewright::calendar
