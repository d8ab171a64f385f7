// engine/cel/utf8.h: the little that expressions need to know of UTF-8. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatewright::cel {

// The offset of the first byte that is not UTF-8 (overlong forms and surrogates are not).
std::optional<std::size_t> FindInvalidUtf8(std::string_view text);
std::size_t CountCodePoints(std::string_view utf8);
void AppendCodePoint(std::string& out, std::uint32_t code_point);
// `offset`, or the start of the code point that it is inside of.
std::size_t StartOfCodePoint(std::string_view utf8, std::size_t offset);

}  // namespace gatewright::cel
