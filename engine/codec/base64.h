// engine/codec/base64.h: any bytes as text and back, because a text column is the one thing all
// databases store alike. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatewright::codec {

std::string EncodeBase64(std::string_view bytes);
// Empty when it is not what EncodeBase64 writes.
std::optional<std::string> DecodeBase64(std::string_view text);

// RFC 4648, section 5, without padding: fit for a URL and a header.
std::string EncodeBase64Url(std::string_view bytes);
// Empty when it is not what EncodeBase64Url writes.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace gatewright::codec
