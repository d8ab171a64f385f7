#include "engine/runtime/delivery_message.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/codec/digest.h"
#include "engine/codec/events.h"
#include "engine/codec/json_writer.h"

namespace gatewright::runtime {
namespace {

constexpr std::string_view kDigestTopic = "digest";
constexpr std::size_t kLettersOfPerson = 12;

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// Up to `data`, which the caller goes on with.
void OpenEnvelope(codec::JsonWriter& json, const Message& message, const std::string& subject,
                  Time time) {
  json.OpenObject();
  json.Key("specversion").Word("1.0");
  json.Key("id").Text(message.id);
  json.Key("source").Word("/gatewright");
  json.Key("type").Text(fmt::format("dev.gatewright.{}.v1", message.topic));
  if (!subject.empty()) json.Key("subject").Text(subject);
  json.Key("time").Moment(time);
  json.Key("datacontenttype").Word("application/json");
}

void WriteRecipient(codec::JsonWriter& json, const PrincipalId& recipient) {
  json.Key("recipient").OpenObject().Key("id").Text(recipient.value).CloseObject();
}

}  // namespace

std::string LaneOf(const WorkflowVersion& version, std::size_t rule, const PrincipalId& recipient) {
  const std::string lane = fmt::format("{}/{}", version.value, rule);
  return recipient.empty() ? lane : lane + "/" + recipient.value;
}

std::optional<LaneName> ReadLane(std::string_view lane) {
  const auto slash = lane.find('/');
  if (slash == lane.npos) return std::nullopt;
  const std::string_view rest = lane.substr(slash + 1);
  const auto rule = Number(rest.substr(0, rest.find('/')));
  if (!rule) return std::nullopt;
  return LaneName{WorkflowVersion{std::string(lane.substr(0, slash))},
                  static_cast<std::size_t>(*rule)};
}

std::string EventId(Position position, std::size_t event) {
  return fmt::format("{}-{}", position.value, event);
}

std::optional<EventPlace> ReadEventId(std::string_view id) {
  const auto dash = id.find('-');
  if (dash == id.npos) return std::nullopt;
  const auto position = Number(id.substr(0, dash));
  const auto event = Number(id.substr(dash + 1));
  if (!position || !event || *position < 1) return std::nullopt;
  return EventPlace{Position{*position}, static_cast<std::size_t>(*event)};
}

std::string MessageId(const std::string& event_id, const PrincipalId& recipient) {
  if (recipient.empty()) return event_id;
  return event_id + "-" + codec::Sha256Hex(recipient.value).substr(0, kLettersOfPerson);
}

Message WriteMessage(const ports::Entry& entry, std::size_t event, const core::Event& what,
                     const LoadedRun& loaded, const PrincipalId& recipient, const Links* links) {
  Message message{MessageId(EventId(entry.position, event), recipient),
                  std::string(codec::EventTopic(what)),
                  {}};
  codec::JsonWriter json(message.json);
  OpenEnvelope(json, message, fmt::format("runs/{}", entry.run.value), entry.at);
  json.Key("data").OpenObject();
  json.Key("run").OpenObject();
  json.Key("id").Integer(entry.run.value);
  json.Key("name").Text(loaded.run.name);
  json.Key("workflow").Text(loaded.run.workflow.value);
  json.Key("requester").Text(loaded.run.requester.value);
  json.CloseObject();
  json.Key("actor").Text(entry.actor);
  json.Key("event");
  codec::AppendEvent(message.json, what);
  if (!recipient.empty()) WriteRecipient(json, recipient);
  if (links != nullptr) {
    json.Key("links").OpenObject();
    json.Key("approve").Text(links->approve);
    json.Key("reject").Text(links->reject);
    json.Key("expires_at").Moment(links->expires);
    json.CloseObject();
  }
  json.CloseObject().CloseObject();
  return message;
}

Message WriteDigest(std::int64_t id, Time time, const PrincipalId& recipient,
                    const std::vector<Message>& messages) {
  Message digest{fmt::format("digest-{}", id), std::string(kDigestTopic), {}};
  codec::JsonWriter json(digest.json);
  OpenEnvelope(json, digest, "", time);
  json.Key("data").OpenObject();
  WriteRecipient(json, recipient);
  json.Key("events").OpenArray();
  for (const Message& message : messages) json.Raw(message.json);
  json.CloseArray().CloseObject().CloseObject();
  return digest;
}

}  // namespace gatewright::runtime
