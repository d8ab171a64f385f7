#include "engine/codec/ticket.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "engine/base/assert.h"
#include "engine/codec/base64.h"

namespace gatewright::codec {
namespace {

// RFC 4648, section 5, without padding.
std::string ForUrl(std::string_view bytes) {
  std::string text = EncodeBase64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::optional<std::string> FromUrl(std::string_view url_text) {
  std::string text(url_text);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return DecodeBase64(text);
}

std::string SealOf(std::string_view secret, std::string_view purpose, std::string_view body) {
  std::string signed_text(purpose);
  signed_text += '\0';
  signed_text += body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> seal;
  unsigned size = 0;
  GW_ASSERT(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                 reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(),
                 seal.data(), &size) != nullptr);
  return ForUrl({reinterpret_cast<const char*>(seal.data()), size});
}

}  // namespace

std::string SignTicket(std::string_view secret, std::string_view purpose,
                       std::string_view content) {
  const std::string body = ForUrl(content);
  return body + "." + SealOf(secret, purpose, body);
}

std::optional<std::string> ReadTicket(std::string_view secret, std::string_view purpose,
                                      std::string_view ticket) {
  const auto dot = ticket.find('.');
  if (dot == ticket.npos) return std::nullopt;
  const std::string_view body = ticket.substr(0, dot);
  const std::string_view seal = ticket.substr(dot + 1);
  const std::string expected = SealOf(secret, purpose, body);
  if (seal.size() != expected.size()) return std::nullopt;
  if (CRYPTO_memcmp(seal.data(), expected.data(), seal.size()) != 0) return std::nullopt;
  return FromUrl(body);
}

}  // namespace gatewright::codec
