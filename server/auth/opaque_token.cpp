#include "server/auth/opaque_token.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <boost/crc.hpp>

#include "engine/base/assert.h"
#include "engine/codec/digest.h"

namespace gatewright::auth {
namespace {

constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kSecretDigits = 40;
constexpr std::size_t kSumDigits = 8;

std::string RandomDigits(std::size_t count) {
  std::array<unsigned char, kSecretDigits / 2> bytes{};
  GW_ASSERT(RAND_bytes(bytes.data(), static_cast<int>(count / 2)) == 1);
  std::string digits;
  for (std::size_t i = 0; i < count / 2; ++i) digits += fmt::format("{:02x}", bytes[i]);
  return digits;
}

std::string SumOf(std::string_view text) {
  boost::crc_32_type sum;
  sum.process_bytes(text.data(), text.size());
  return fmt::format("{:08x}", sum.checksum());
}

bool IsHex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

OpaqueToken MakeToken() { return {RandomDigits(kIdDigits), RandomDigits(kSecretDigits)}; }

std::string MakeCredentialId() { return RandomDigits(kIdDigits); }

std::string Format(const OpaqueToken& token) {
  const std::string text = fmt::format("{}{}_{}", kTokenPrefix, token.id, token.secret);
  return text + SumOf(text);
}

std::optional<OpaqueToken> ParseToken(std::string_view text) {
  constexpr std::size_t kSize = 3 + kIdDigits + 1 + kSecretDigits + kSumDigits;
  if (text.size() != kSize || !text.starts_with(kTokenPrefix)) return std::nullopt;
  const std::string_view sealed = text.substr(0, kSize - kSumDigits);
  OpaqueToken token{std::string(text.substr(3, kIdDigits)),
                    std::string(text.substr(3 + kIdDigits + 1, kSecretDigits))};
  const bool is_formed = text[3 + kIdDigits] == '_' && IsHex(token.id) && IsHex(token.secret);
  if (!is_formed || text.substr(kSize - kSumDigits) != SumOf(sealed)) return std::nullopt;
  return token;
}

std::string DigestOf(const OpaqueToken& token) { return codec::Sha256Hex(token.secret); }

bool HasDigest(const OpaqueToken& token, std::string_view digest) {
  const std::string found = DigestOf(token);
  return found.size() == digest.size() &&
         CRYPTO_memcmp(found.data(), digest.data(), found.size()) == 0;
}

}  // namespace gatewright::auth
