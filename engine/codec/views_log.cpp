// The log as callers see it: history, event by event, and the live feed, entry by entry.
#include <unordered_map>

#include "engine/codec/events.h"
#include "engine/codec/json_writer.h"
#include "engine/codec/site_events.h"
#include "engine/codec/views.h"

namespace gatewright::codec {
namespace {

// The elements of a JSON array that we wrote ourselves, as they stand.
std::vector<std::string_view> ElementsOf(std::string_view array) {
  std::vector<std::string_view> elements;
  std::size_t begin = 1;
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const char c = array[i];
    if (is_in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        is_in_string = false;
      }
      continue;
    }
    if (c == '"') is_in_string = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    const bool is_end = (c == ',' && depth == 1) || (c == ']' && depth == 0);
    if (!is_end) continue;
    if (i > begin) elements.push_back(array.substr(begin, i - begin));
    begin = i + 1;
  }
  return elements;
}

using Topics = std::unordered_map<std::string_view, std::string_view>;

template <class... Events>
void AddTopics(Topics& topics, std::variant<Events...>*) {
  (topics.emplace(EventType(Events{}), EventTopic(Events{})), ...);
}

template <class... Events>
void AddSiteTopics(Topics& topics, std::variant<Events...>*) {
  (topics.emplace(SiteEventType(Events{}), SiteEventTopic(Events{})), ...);
}

// By type; the types of runs and of the installation have no name in common.
const Topics& AllTopics() {
  static const Topics topics = [] {
    Topics made;
    AddTopics(made, static_cast<core::Event*>(nullptr));
    AddSiteTopics(made, static_cast<core::SiteEvent*>(nullptr));
    return made;
  }();
  return topics;
}

// An event's `type` comes first: {"type":"VoteCast", …
std::string_view TypeOf(std::string_view event) {
  constexpr std::string_view kStart = R"({"type":")";
  if (!event.starts_with(kStart)) return {};
  event.remove_prefix(kStart.size());
  return event.substr(0, event.find('"'));
}

void WriteEntryMembers(JsonWriter& json, const ports::Entry& entry) {
  json.Key("position").Integer(entry.position.value);
  json.Key("run_id").Integer(entry.run.value);
  json.Key("sequence").Integer(entry.sequence.value);
  json.Key("at").Moment(entry.at);
  json.Key("actor").Text(entry.actor);
}

}  // namespace

void AppendHistory(std::string& out, const ports::Entry& entry) {
  JsonWriter json(out);
  std::int64_t index = 0;
  for (const std::string_view event : ElementsOf(entry.events_json)) {
    json.OpenObject();
    WriteEntryMembers(json, entry);
    json.Key("index").Integer(index++);
    json.Key("event").Raw(event);
    json.CloseObject();
  }
}

void AppendFeedEntry(std::string& out, const ports::Entry& entry) {
  out.reserve(out.size() + 160 + entry.events_json.size());
  JsonWriter json(out);
  json.OpenObject();
  WriteEntryMembers(json, entry);
  json.Key("events").Raw(entry.events_json);
  json.CloseObject();
}

std::string_view TopicOf(const ports::Entry& entry) {
  const Topics& topics = AllTopics();
  for (const std::string_view event : ElementsOf(entry.events_json)) {
    const auto topic = topics.find(TypeOf(event));
    if (topic != topics.end() && !topic->second.empty()) return topic->second;
  }
  return entry.run == core::kSite ? "site" : "run";
}

void OpenPage(std::string& out) { out += R"({"items":[)"; }

void ClosePage(std::string& out, std::string_view next_cursor) {
  out += ']';
  JsonWriter json(out);
  json.Key("next_cursor").TextOrNull(next_cursor).CloseObject();
}

}  // namespace gatewright::codec
