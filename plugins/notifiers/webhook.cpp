// The notifier `webhook`: POSTs every event as CloudEvents JSON, signed as Standard Webhooks 1.0
// says (docs/notifications.md has the headers). Secrets stand in no message.
#include <gatewright/plugin.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "plugins/notifiers/crypto.h"
#include "plugins/notifiers/post.h"

namespace {

using gatewright::Json;

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kMaxSecrets = 3;
constexpr std::size_t kShortestKey = 24;
constexpr std::size_t kLongestKey = 64;

std::string ReadKey(const Json& secret, const std::string& place) {
  const std::string expected = place + ": expected whsec_ followed by the base64 of " +
                               std::to_string(kShortestKey) + " to " + std::to_string(kLongestKey) +
                               " random bytes, found ";
  if (!secret.IsString()) {
    throw gatewright::InvalidConfig(expected + std::string(ToString(secret.type())));
  }
  const std::string_view text = secret.string();
  if (!text.starts_with(kPrefix)) throw gatewright::InvalidConfig(expected + "another beginning");
  const auto key = gatewright::notifiers::FromBase64(text.substr(kPrefix.size()));
  if (!key) throw gatewright::InvalidConfig(expected + "what is not base64");
  if (key->size() < kShortestKey || key->size() > kLongestKey) {
    throw gatewright::InvalidConfig(expected + std::to_string(key->size()) + " bytes");
  }
  return *key;
}

std::vector<std::string> ReadKeys(const gatewright::Config& config) {
  const Json& secret = *config.Find("secret");
  if (!secret.IsArray()) return {ReadKey(secret, "/secret")};
  std::vector<std::string> keys;
  if (secret.items().empty() || secret.items().size() > kMaxSecrets) {
    throw gatewright::InvalidConfig("/secret: expected 1 to " + std::to_string(kMaxSecrets) +
                                    " secrets, found " + std::to_string(secret.items().size()));
  }
  for (const Json& one : secret.items()) {
    keys.push_back(ReadKey(one, "/secret/" + std::to_string(keys.size())));
  }
  return keys;
}

class Webhook final : public gatewright::Notifier {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "webhook";
  static constexpr char kSummary[] = "POSTs every event to a URL, signed (Standard Webhooks).";
  // The schema says nothing of what a secret looks like: its messages would show what they found.
  static constexpr char kSchema[] = R"({
    "type": "object",
    "examples": [{
      "url": "https://example.com/events", "secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
    }],
    "required": ["url", "secret"],
    "additionalProperties": false,
    "properties": {
      "url": {
        "description": "Where events are POSTed to: https://, or http:// to a private address.",
        "type": "string", "minLength": 1, "maxLength": 2000
      },
      "secret": {
        "description": "whsec_ and base64 of 24 to 64 random bytes, or a list of up to three: all sign."
      },
      "allow_private": {
        "description": "Loopback and private addresses may be called.",
        "type": "boolean", "default": false
      }
    }
  })";

  explicit Webhook(const gatewright::Config& config)
      : target_(gatewright::notifiers::ReadTarget(config)), keys_(ReadKeys(config)) {}

  void Deliver(const gatewright::Event& event, gatewright::Call& call) override {
    call.Checkpoint();
    const std::string id(event.id);
    const std::string seconds = std::to_string(
        std::chrono::floor<std::chrono::seconds>(call.now()).time_since_epoch().count());
    const std::string content = id + "." + seconds + "." + std::string(event.json);
    std::string signatures;
    for (const std::string& key : keys_) {
      if (!signatures.empty()) signatures += ' ';
      signatures += "v1,";
      signatures +=
          gatewright::notifiers::ToBase64(gatewright::notifiers::HmacSha256(key, content));
    }
    gatewright::notifiers::PostOrThrow(target_,
                                       {.body = event.json,
                                        .content_type = "application/cloudevents+json",
                                        .headers = {{"webhook-id", id},
                                                    {"webhook-timestamp", seconds},
                                                    {"webhook-signature", signatures}}},
                                       call);
  }

 private:
  gatewright::outbound::HttpTarget target_;
  std::vector<std::string> keys_;
};

}  // namespace

GATEWRIGHT_PLUGIN("webhook", "1.0.0", gatewright::Offer<Webhook>)
