#include "engine/codec/member_writer.h"

#include <charconv>

namespace gatewright::codec {

void MemberWriter::Key(std::string_view name) {
  if (out_.back() != '{') out_ += ',';
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void MemberWriter::Moment(Time time) {
  out_ += '"';
  AppendTime(out_, time);
  out_ += '"';
}

void MemberWriter::Integer(std::string_view name, std::int64_t number) {
  Key(name);
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out_.append(digits, end);
}

}  // namespace gatewright::codec
