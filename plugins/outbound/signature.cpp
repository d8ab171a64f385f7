#include "plugins/outbound/signature.h"

#include <gatewright/error.hpp>

#include "plugins/outbound/crypto.h"

namespace gatewright::outbound {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kMaxSecrets = 3;
constexpr std::size_t kShortestKey = 24;
constexpr std::size_t kLongestKey = 64;

std::string ReadKey(const Json& secret, const std::string& place) {
  const std::string expected = place + ": expected whsec_ followed by the base64 of " +
                               std::to_string(kShortestKey) + " to " + std::to_string(kLongestKey) +
                               " random bytes, found ";
  if (!secret.IsString()) {
    throw InvalidConfig(expected + std::string(ToString(secret.type())));
  }
  const std::string_view text = secret.string();
  if (!text.starts_with(kPrefix)) throw InvalidConfig(expected + "another beginning");
  const auto key = FromBase64(text.substr(kPrefix.size()));
  if (!key) throw InvalidConfig(expected + "what is not base64");
  if (key->size() < kShortestKey || key->size() > kLongestKey) {
    throw InvalidConfig(expected + std::to_string(key->size()) + " bytes");
  }
  return *key;
}

}  // namespace

std::vector<std::string> ReadKeys(const Json& secret) {
  if (!secret.IsArray()) return {ReadKey(secret, "/secret")};
  std::vector<std::string> keys;
  if (secret.items().empty() || secret.items().size() > kMaxSecrets) {
    throw InvalidConfig("/secret: expected 1 to " + std::to_string(kMaxSecrets) +
                        " secrets, found " + std::to_string(secret.items().size()));
  }
  for (const Json& one : secret.items()) {
    keys.push_back(ReadKey(one, "/secret/" + std::to_string(keys.size())));
  }
  return keys;
}

std::vector<std::pair<std::string, std::string>> SignedHeaders(const std::vector<std::string>& keys,
                                                               std::string_view id, TimePoint now,
                                                               std::string_view body) {
  const std::string seconds =
      std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  const std::string content = std::string(id) + "." + seconds + "." + std::string(body);
  std::string signatures;
  for (const std::string& key : keys) {
    if (!signatures.empty()) signatures += ' ';
    signatures += "v1," + ToBase64(HmacSha256(key, content));
  }
  return {{"webhook-id", std::string(id)},
          {"webhook-timestamp", seconds},
          {"webhook-signature", signatures}};
}

}  // namespace gatewright::outbound
