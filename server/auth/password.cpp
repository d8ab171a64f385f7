// server/auth/password.cpp: libsodium's argon2id with OWASP's least parameters.
#include "server/auth/password.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "engine/base/assert.h"

namespace gatewright::auth {
namespace {

constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemory = 19'456 * 1024;  // bytes

void UseSodium() {
  static const int ready = ::sodium_init();  // 1: was ready before
  GW_ASSERT(ready >= 0);
}

std::string Hash(std::string_view password) {
  UseSodium();
  std::array<char, crypto_pwhash_STRBYTES> text{};
  const int failed = ::crypto_pwhash_str_alg(text.data(), password.data(), password.size(), kPasses,
                                             kMemory, crypto_pwhash_ALG_ARGON2ID13);
  return failed == 0 ? std::string(text.data()) : std::string();
}

// The hash of nobody's password: a random one that is thrown away.
const std::string& NobodysHash() {
  static const std::string hash = [] {
    UseSodium();
    std::array<char, 32> random{};
    ::randombytes_buf(random.data(), random.size());
    return Hash({random.data(), random.size()});
  }();
  return hash;
}

}  // namespace

Result<std::string> HashPassword(std::string_view password) {
  if (password.size() < kShortestPassword || password.size() > kLongestPassword) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("expected a password of {} to {} bytes, found {}", kShortestPassword,
                             kLongestPassword, password.size())};
  }
  std::string hash = Hash(password);
  if (hash.empty()) return Error{ErrorCode::kUnavailable, "there is no memory for a hash"};
  return hash;
}

bool IsPassword(std::string_view password, const std::string& hash) {
  UseSodium();
  if (password.size() > kLongestPassword) return false;
  const std::string& against = hash.empty() ? NobodysHash() : hash;
  const bool is_right =
      ::crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return is_right && !hash.empty();
}

}  // namespace gatewright::auth
