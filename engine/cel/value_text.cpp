// Spells values the way an expression would, for people: error messages and traces.
#include <fmt/format.h>

#include "engine/cel/number_text.h"
#include "engine/cel/utf8.h"
#include "engine/cel/value.h"

namespace gatewright::cel {
namespace {

class Writer {
 public:
  explicit Writer(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void Write(const Value& value) {
    if (IsFull()) return;
    switch (value.kind()) {
      case Kind::kNull:
        return Append("null");
      case Kind::kBool:
        return Append(value.boolean() ? "true" : "false");
      case Kind::kInt:
        return Append(fmt::format("{}", value.integer()));
      case Kind::kUint:
        return Append(fmt::format("{}u", value.unsigned_integer()));
      case Kind::kDouble:
        return WriteDouble(value.number());
      case Kind::kString:
        return WriteQuoted(value.string(), true);
      case Kind::kBytes:
        Append("b");
        return WriteQuoted(value.bytes(), false);
      case Kind::kList:
        return WriteList(value);
      case Kind::kMap:
        return WriteMap(value);
      case Kind::kTimestamp:
        return Append(fmt::format("timestamp(\"{}\")", FormatTimestamp(value.timestamp())));
      case Kind::kDuration:
        return Append(fmt::format("duration(\"{}\")", FormatTimeSpan(value.duration())));
      case Kind::kType:
        return Append(NameOf(value.named_type()));
      default:
        return WriteDecision(value.decision());
    }
  }

  std::string Take() {
    if (out_.size() > max_bytes_) {
      out_.resize(StartOfCodePoint(out_, max_bytes_));
      out_ += "…";
    }
    return std::move(out_);
  }

 private:
  bool IsFull() const { return out_.size() > max_bytes_; }
  void Append(std::string_view text) { out_ += text; }

  // A whole number keeps its point: 3.0 is not the int 3.
  void WriteDouble(double number) {
    const std::string text = NumberText(number);
    Append(text);
    if (text.find_first_not_of("-0123456789") == std::string::npos) Append(".0");
  }

  void WriteQuoted(std::string_view text, bool is_utf8) {
    out_ += '"';
    for (const char c : text) {
      if (IsFull()) return;
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (c == '\n') {
        out_ += "\\n";
      } else if (byte < 0x20 || byte == 0x7f || (!is_utf8 && byte >= 0x80)) {
        out_ += fmt::format("\\x{:02x}", byte);
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  void WriteList(const Value& list) {
    out_ += '[';
    const char* separator = "";
    for (const Value& item : list.items()) {
      if (IsFull()) return;
      Append(separator);
      Write(item);
      separator = ", ";
    }
    out_ += ']';
  }

  void WriteMap(const Value& map) {
    out_ += '{';
    const char* separator = "";
    for (const auto& [key, value] : map.entries()) {
      if (IsFull()) return;
      Append(separator);
      Write(key);
      Append(": ");
      Write(value);
      separator = ", ";
    }
    out_ += '}';
  }

  void WriteDecision(const Decision& decision) {
    Append(NameOf(decision.choice));
    out_ += '(';
    if (decision.choice == Decision::Choice::kWait) {
      Append(fmt::format("\"{}\", ", FormatTimeSpan(decision.wait)));
    }
    WriteQuoted(decision.reason, true);
    out_ += ')';
  }

  std::string out_;
  std::size_t max_bytes_;
};

}  // namespace

std::string ToText(const Value& value, std::size_t max_bytes) {
  Writer writer(max_bytes);
  writer.Write(value);
  return writer.Take();
}

}  // namespace gatewright::cel
