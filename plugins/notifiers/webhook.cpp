// The notifier `webhook`: POSTs every event as CloudEvents JSON, signed as Standard Webhooks 1.0
// says (docs/notifications.md has the headers). Secrets stand in no message.
#include <gatewright/plugin.hpp>

#include <string>
#include <vector>

#include "plugins/notifiers/post.h"
#include "plugins/outbound/signature.h"

namespace {

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
      : target_(gatewright::notifiers::ReadTarget(config)),
        keys_(gatewright::outbound::ReadKeys(*config.Find("secret"))) {}

  void Deliver(const gatewright::Event& event, gatewright::Call& call) override {
    call.Checkpoint();
    gatewright::notifiers::PostOrThrow(
        target_,
        {.body = event.json,
         .content_type = "application/cloudevents+json",
         .headers = gatewright::outbound::SignedHeaders(keys_, event.id, call.now(), event.json)},
        call);
  }

 private:
  gatewright::outbound::HttpTarget target_;
  std::vector<std::string> keys_;
};

}  // namespace

GATEWRIGHT_PLUGIN("webhook", "1.0.0", gatewright::Offer<Webhook>)
