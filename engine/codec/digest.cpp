#include "engine/codec/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <memory>

#include "engine/base/assert.h"

namespace gatewright::codec {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Looked up once: asking OpenSSL 3 by name for every digest costs more than the digest.
const EVP_MD* Sha256() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  GW_ASSERT(algorithm != nullptr);
  return algorithm;
}

EVP_MD_CTX* ContextOfThread() {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  GW_ASSERT(context != nullptr);
  return context.get();
}

}  // namespace

std::string Sha256Hex(std::initializer_list<std::string_view> parts) {
  EVP_MD_CTX* context = ContextOfThread();
  GW_ASSERT(EVP_DigestInit_ex2(context, Sha256(), nullptr) == 1);
  for (const std::string_view part : parts) {
    GW_ASSERT(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
  }
  std::array<unsigned char, 32> digest;
  unsigned int size = 0;
  GW_ASSERT(EVP_DigestFinal_ex(context, digest.data(), &size) == 1);
  GW_ASSERT(size == digest.size());

  constexpr char kHex[] = "0123456789abcdef";
  std::string hex(digest.size() * 2, '0');
  for (std::size_t i = 0; i < digest.size(); ++i) {
    hex[2 * i] = kHex[digest[i] >> 4];
    hex[2 * i + 1] = kHex[digest[i] & 15];
  }
  return hex;
}

std::string Sha256Hex(std::string_view bytes) { return Sha256Hex({bytes}); }

std::string HmacSha256(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> seal;
  unsigned size = 0;
  GW_ASSERT(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                 reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), seal.data(),
                 &size) != nullptr);
  return {reinterpret_cast<const char*>(seal.data()), size};
}

}  // namespace gatewright::codec
