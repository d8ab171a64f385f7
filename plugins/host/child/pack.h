// plugins/host/child/pack.h: values as bytes and back, for the frames between the server and a
// plugin's process. Both ends are the same program, so there is one format and no version. Pure.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace gatewright::host {

class Packer {
 public:
  Packer& Number(std::int64_t value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  template <class Enum>
  requires std::is_enum_v<Enum> Packer& One(Enum value) {
    return Number(static_cast<std::int64_t>(value));
  }
  Packer& Flag(bool value) { return Number(value ? 1 : 0); }
  Packer& Text(std::string_view text) {
    Number(static_cast<std::int64_t>(text.size()));
    bytes_ += text;
    return *this;
  }
  Packer& Texts(const std::vector<std::string>& texts) {
    Number(static_cast<std::int64_t>(texts.size()));
    for (const std::string& text : texts) Text(text);
    return *this;
  }

  std::string_view bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Reads what may have been written by somebody hostile: past the end and for a value that none may
// have, it gives zero and remembers that. Ask is_good() once, at the end.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  std::int64_t Number() {
    std::int64_t value = 0;
    if (rest_.size() < sizeof value) return Bad();
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  // An enum whose values are 1 to `last`.
  template <class Enum>
  Enum One(Enum last) {
    const std::int64_t value = Number();
    if (value < 1 || value > static_cast<std::int64_t>(last)) Bad();
    return static_cast<Enum>(is_good_ ? value : 1);
  }
  bool Flag() {
    const std::int64_t value = Number();
    if (value != 0 && value != 1) Bad();
    return value == 1;
  }
  // Borrows from the bytes given.
  std::string_view Text() {
    const auto size = static_cast<std::uint64_t>(Number());
    if (size > rest_.size()) {
      Bad();
      return {};
    }
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    const std::int64_t count = Number();
    for (std::int64_t i = 0; is_good_ && i < count; ++i) texts.emplace_back(Text());
    return texts;
  }

  // Everything was there, and nothing else.
  bool is_good() const { return is_good_ && rest_.empty(); }

 private:
  std::int64_t Bad() {
    is_good_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool is_good_ = true;
};

}  // namespace gatewright::host
