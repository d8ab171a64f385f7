// The notifier `slack`: posts a line of text per event to an incoming webhook of Slack, or of
// anything that takes {"text": …} as Slack does. The URL is as good as a password there, so that no
// message names it.
#include <gatewright/plugin.hpp>

#include <string>

#include "plugins/notifiers/post.h"
#include "plugins/notifiers/sentence.h"

namespace {

// Slack reads <…> as a link or a mention, and has these three escapes for text.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Mention(const std::string& id) { return id.empty() ? "" : "<@" + id + "> "; }

class Slack final : public gatewright::Notifier {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "slack";
  static constexpr char kSummary[] = "Posts a line of text per event to Slack.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "examples": [{"url": "https://hooks.example.com/services/T0/B0/x"}],
    "required": ["url"],
    "additionalProperties": false,
    "properties": {
      "url": {
        "description": "The incoming webhook's URL: https://, or http:// to a private address.",
        "type": "string", "minLength": 1, "maxLength": 2000
      },
      "mention": {
        "description": "Whom to call: a member id of Slack such as U024BE7LH.",
        "type": "string", "pattern": "^(\\$\\{[^}]*\\}|[A-Za-z0-9._-]{1,64})$"
      },
      "allow_private": {
        "description": "Loopback and private addresses may be called.",
        "type": "boolean", "default": false
      }
    }
  })";

  explicit Slack(const gatewright::Config& config)
      : target_(gatewright::notifiers::ReadTarget(config)),
        mention_(Mention(config.String("mention", ""))) {}

  void Deliver(const gatewright::Event& event, gatewright::Call& call) override {
    call.Checkpoint();
    const auto told = gatewright::notifiers::Tell(event);
    std::string text = mention_ + Escaped(told.sentence);
    for (const std::string& line : told.lines) text += "\n" + Escaped(line);
    const std::string body = gatewright::JsonObject().Add("text", std::string_view(text)).text();
    gatewright::notifiers::PostOrThrow(target_, {.body = body}, call);
  }

 private:
  gatewright::outbound::HttpTarget target_;
  std::string mention_;
};

}  // namespace

GATEWRIGHT_PLUGIN("slack", "1.0.0", gatewright::Offer<Slack>)
