// engine/codec/digest.h: SHA-256 as lower-case hex, and with a key. Thread-safe.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace gatewright::codec {

std::string Sha256Hex(std::string_view bytes);

// The digest of all parts one after the other. Reuses one context per thread: about 0.4 µs for
// the size of a log entry.
std::string Sha256Hex(std::initializer_list<std::string_view> parts);

// The 32 bytes themselves.
std::string HmacSha256(std::string_view key, std::string_view bytes);

}  // namespace gatewright::codec
