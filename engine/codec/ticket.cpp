#include "engine/codec/ticket.h"

#include <openssl/crypto.h>

#include "engine/codec/base64.h"
#include "engine/codec/digest.h"

namespace gatewright::codec {
namespace {

std::string SealOf(std::string_view secret, std::string_view purpose, std::string_view body) {
  std::string signed_text(purpose);
  signed_text += '\0';
  signed_text += body;
  return EncodeBase64Url(HmacSha256(secret, signed_text));
}

}  // namespace

std::string SignTicket(std::string_view secret, std::string_view purpose,
                       std::string_view content) {
  const std::string body = EncodeBase64Url(content);
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
  return DecodeBase64Url(body);
}

}  // namespace gatewright::codec
