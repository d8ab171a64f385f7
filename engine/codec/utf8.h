// engine/codec/utf8.h: strict UTF-8 (no overlong forms, no surrogates). Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace gatewright::codec {

// Bytes of the code point that starts `text`; 0 when the bytes are not UTF-8 or `text` is empty.
std::size_t Utf8Length(std::string_view text);

// Offset of the first byte that is not UTF-8; text.size() when all is well.
std::size_t FindInvalidUtf8(std::string_view text);

inline bool IsUtf8(std::string_view text) { return FindInvalidUtf8(text) == text.size(); }

// Number of code points of valid UTF-8.
std::size_t CountCodePoints(std::string_view text);

}  // namespace gatewright::codec
