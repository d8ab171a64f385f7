// plugins/outbound/crypto.h: the few words of OpenSSL that plugins use. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatewright::outbound {

std::string ToBase64(std::string_view bytes);
// Padded base64 and nothing else; empty when `text` is not that.
std::optional<std::string> FromBase64(std::string_view text);
std::string HmacSha256(std::string_view key, std::string_view text);
std::string Sha256(std::string_view text);

}  // namespace gatewright::outbound
