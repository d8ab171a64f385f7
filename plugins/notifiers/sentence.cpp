#include "plugins/notifiers/sentence.h"

#include <algorithm>
#include <array>

namespace gatewright::notifiers {
namespace {

constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxSentence = 500;

// What happened, in words; {member} stands for a member of the event.
struct Phrase {
  std::string_view topic;
  std::string_view text;
};
constexpr Phrase kPhrases[] = {
    {"run.created", "requested by {requester}"},
    {"stage.skipped", "stage {stage} is skipped"},
    {"gate.opened", "gate {stage} is open"},
    {"vote.cast", "{voter} votes {choice} at gate {stage}"},
    {"vote.held", "{voter} votes {choice} ahead, for gate {stage}"},
    {"gate.satisfied", "gate {stage} is satisfied"},
    {"gate.rejected", "gate {stage} is rejected"},
    {"gate.expired", "gate {stage} has expired"},
    {"gate.claimed", "{by} claims gate {stage}"},
    {"gate.released", "gate {stage} is free to be claimed again"},
    {"gate.reminder", "gate {stage} still waits (reminder {number})"},
    {"gate.escalated", "gate {stage} is escalated (level {level})"},
    {"gate.extended", "gate {stage} is open until {deadline}"},
    {"votes.carried", "earlier votes at gate {stage} still count"},
    {"votes.outdated", "earlier votes at gate {stage} no longer count"},
    {"subject.changed", "the subject has changed"},
    {"override.asked", "{by} asks for an override"},
    {"override.granted", "{by} has an override"},
    {"action.blocked", "the action of stage {stage} is held back"},
    {"locks.queued", "stands in line for a lock"},
    {"locks.taken", "holds its locks"},
    {"locks.released", "has given its locks back"},
    {"attempt.planned", "attempt {attempt} of stage {stage} is planned"},
    {"attempt.started", "attempt {attempt} of stage {stage} has started"},
    {"attempt.succeeded", "attempt {attempt} of stage {stage} has succeeded"},
    {"attempt.failed", "attempt {attempt} of stage {stage} has failed"},
    {"attempt.timed_out", "attempt {attempt} of stage {stage} took too long"},
    {"attempt.cancelled", "attempt {attempt} of stage {stage} is cancelled"},
    {"attempt.unknown", "nobody knows how attempt {attempt} of stage {stage} ended"},
    {"attempt.handed_over", "attempt {attempt} of stage {stage} goes on outside"},
    {"attempt.late_answer", "a late answer came from attempt {attempt} of stage {stage}"},
    {"stage.done", "stage {stage} is done"},
    {"incident.raised", "needs an operator"},
    {"incident.resolved", "no longer needs an operator"},
    {"run.cancel_requested", "is to be cancelled"},
    {"run.retried", "is tried again from stage {stage}"},
    {"rollback.started", "is to be undone"},
    {"run.migrated", "goes on with another version of its workflow"},
    {"run.finished", "is finished: {outcome}"},
    {"review.opened", "waits for its review"},
};
// Why; the first that an event has is told.
constexpr std::array<std::string_view, 4> kWhy = {"reason", "comment", "message", "summary"};

std::string Show(const Json* value) {
  if (value == nullptr) return "?";
  return OneLine(value->IsString() ? value->string() : value->source(), kMaxName);
}

std::string FillIn(std::string_view text, const Json& event) {
  std::string out;
  for (auto open = text.find('{'); open != text.npos; open = text.find('{')) {
    const auto end = text.find('}', open);
    out += text.substr(0, open);
    out += Show(event.Find(text.substr(open + 1, end - open - 1)));
    text.remove_prefix(end + 1);
  }
  return out.append(text);
}

// A topic of a newer engine is told by its own word.
std::string WhatHappened(std::string_view topic, const Json& event) {
  const auto phrase = std::ranges::find(kPhrases, topic, &Phrase::topic);
  std::string out = phrase == std::end(kPhrases) ? std::string(topic) : FillIn(phrase->text, event);
  for (const std::string_view member : kWhy) {
    const Json* const why = event.Find(member);
    if (why != nullptr && why->IsString() && !why->string().empty()) {
      return out + ": " + why->string();
    }
  }
  return out;
}

const Json& Need(const Json& object, std::string_view key) {
  const Json* const found = object.Find(key);
  if (found != nullptr) return *found;
  throw CallError(GW_INVALID_ARGUMENT, "expected the event to have '" + std::string(key) + "'");
}

}  // namespace

std::string OneLine(std::string_view text, std::size_t max) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
  if (line.size() <= max) return line;
  constexpr std::string_view kEllipsis = "…";
  std::size_t end = max - kEllipsis.size();
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  line.resize(end);
  return line.append(kEllipsis);
}

namespace {

constexpr std::string_view kTypePrefix = "dev.gatewright.";
constexpr std::string_view kTypeSuffix = ".v1";

// "gate.opened" of a type of CloudEvents.
std::string_view TopicOf(std::string_view type) {
  if (type.starts_with(kTypePrefix)) type.remove_prefix(kTypePrefix.size());
  if (type.ends_with(kTypeSuffix)) type.remove_suffix(kTypeSuffix.size());
  return type;
}

void AddLinks(const Json& data, std::vector<std::string>& lines) {
  const Json* const links = data.Find("links");
  if (links == nullptr) return;
  // In full, however long they are.
  lines.push_back("Approve: " + Need(*links, "approve").string());
  lines.push_back("Reject: " + Need(*links, "reject").string());
  lines.push_back("Good until " + Show(links->Find("expires_at")) + ", for one vote");
}

Told TellDigest(const Json& json, const Json& events) {
  Told told;
  told.sentence = std::to_string(events.items().size()) + " messages";
  told.at = Show(json.Find("time"));
  for (const Json& one : events.items()) {
    const std::string topic(TopicOf(Need(one, "type").string()));
    const Told part = Tell(Event{Need(one, "id").string(), topic, one.source()});
    told.lines.push_back(part.sentence + " (" + part.at + ")");
    told.lines.insert(told.lines.end(), part.lines.begin(), part.lines.end());
  }
  return told;
}

}  // namespace

Told Tell(const Event& event) {
  const Json json = Json::Parse(event.json);
  const Json& data = Need(json, "data");
  if (const Json* const events = data.Find("events")) return TellDigest(json, *events);
  const Json& run = Need(data, "run");
  const std::string number = Show(run.Find("id"));
  const std::string name = Show(run.Find("name"));
  const std::string workflow = Show(run.Find("workflow"));

  Told told;
  std::string sentence = workflow + " run " + number;
  if (run.Find("name") != nullptr && !name.empty()) sentence += " '" + name + "'";
  sentence += ": " + WhatHappened(event.type, Need(data, "event"));
  told.sentence = OneLine(sentence, kMaxSentence);
  told.at = Show(json.Find("time"));
  AddLinks(data, told.lines);
  told.details = {{"Run", number},
                  {"Name", name},
                  {"Workflow", workflow},
                  {"Requested by", Show(run.Find("requester"))},
                  {"Caused by", Show(data.Find("actor"))},
                  {"Event", OneLine(event.type, kMaxName)},
                  {"Event id", OneLine(event.id, kMaxName)},
                  {"Time", told.at}};
  return told;
}

}  // namespace gatewright::notifiers
