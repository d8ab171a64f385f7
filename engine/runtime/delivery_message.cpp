#include "engine/runtime/delivery_message.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "engine/codec/events.h"
#include "engine/codec/json.h"

namespace gatewright::runtime {
namespace {

// "version/rule", with a person's id behind it or not.
struct LaneName {
  std::string version;
  std::size_t rule = 0;
};

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<LaneName> ReadLane(std::string_view lane) {
  const auto slash = lane.find('/');
  if (slash == lane.npos) return std::nullopt;
  const std::string_view rest = lane.substr(slash + 1);
  const auto rule = Number(rest.substr(0, rest.find('/')));
  if (!rule) return std::nullopt;
  return LaneName{std::string(lane.substr(0, slash)), static_cast<std::size_t>(*rule)};
}

Error CannotBeSaid(const ports::DeliveryRow& row) {
  return {ErrorCode::kInvalid,
          fmt::format("event {} of run {} is not in the log", row.event, row.run.value)};
}

}  // namespace

std::string LaneOf(const WorkflowVersion& version, std::size_t rule, const PrincipalId& recipient) {
  const std::string lane = fmt::format("{}/{}", version.value, rule);
  return recipient.empty() ? lane : lane + "/" + recipient.value;
}

std::string EventId(Position position, std::size_t event) {
  return fmt::format("{}-{}", position.value, event);
}

Message WriteMessage(const ports::Entry& entry, std::size_t event, const core::Event& what,
                     const LoadedRun& loaded) {
  Message message{EventId(entry.position, event), std::string(codec::EventTopic(what)), {}};
  std::string& out = message.json;
  out = "{\"specversion\":\"1.0\",\"id\":";
  codec::AppendJsonString(out, message.id);
  out += ",\"source\":\"/gatewright\",\"type\":\"dev.gatewright.";
  out += message.topic;
  out += ".v1\",\"subject\":\"runs/" + std::to_string(entry.run.value) + "\",\"time\":\"";
  AppendTime(out, entry.at);
  out += "\",\"datacontenttype\":\"application/json\",\"data\":{\"run\":{\"id\":";
  out += std::to_string(entry.run.value);
  out += ",\"name\":";
  codec::AppendJsonString(out, loaded.run.name);
  out += ",\"workflow\":";
  codec::AppendJsonString(out, loaded.run.workflow.value);
  out += ",\"requester\":";
  codec::AppendJsonString(out, loaded.run.requester.value);
  out += "},\"actor\":";
  codec::AppendJsonString(out, entry.actor);
  out += ",\"event\":";
  codec::AppendEvent(out, what);
  out += "}}";
  return message;
}

Result<Parcel> MessageWriter::Write(const std::vector<ports::DeliveryRow>& rows,
                                    const Message* known) const {
  const ports::DeliveryRow& first = rows.front();
  const auto lane = ReadLane(first.lane);
  const RevisionPtr revision = lane ? workflows_.Pinned(WorkflowVersion{lane->version}) : nullptr;
  if (revision == nullptr || lane->rule >= revision->notifiers.size()) {
    return Error{ErrorCode::kInvalid, "the version of the workflow that asked for it is not there"};
  }
  Parcel parcel;
  parcel.notifier = revision->notifiers[lane->rule];
  parcel.secrets = revision->notifier_secrets[lane->rule];
  if (parcel.notifier == nullptr) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("notifier '{}' is not available",
                             revision->workflow.notify[lane->rule].use.plugin)};
  }
  if (known != nullptr) {
    parcel.message = *known;
  } else {
    GW_TRY(message, Read(first));
    parcel.message = std::move(message);
  }
  return parcel;
}

Result<Message> MessageWriter::Read(const ports::DeliveryRow& row) const {
  const std::string_view id = row.event;
  const auto dash = id.find('-');
  const auto position = Number(id.substr(0, dash));
  const auto index = dash == id.npos ? std::nullopt : Number(id.substr(dash + 1));
  if (!position || !index || *position < 1) return CannotBeSaid(row);
  GW_TRY(entries, store_.ReadEntries(Position{*position - 1}, 1));
  if (entries.empty() || entries.front().run != row.run) return CannotBeSaid(row);
  GW_TRY(loaded, runs_.Load(row.run));
  if (loaded == nullptr) return CannotBeSaid(row);
  GW_TRY(events, codec::EventsFromJson(entries.front().events_json));
  const auto event = static_cast<std::size_t>(*index);
  if (event >= events.size()) return CannotBeSaid(row);
  return WriteMessage(entries.front(), event, events[event], *loaded);
}

}  // namespace gatewright::runtime
