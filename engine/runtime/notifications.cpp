#include "engine/runtime/notifications.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "engine/codec/events.h"
#include "engine/codec/json.h"

namespace gatewright::runtime {
namespace {

const std::vector<ports::OutboxKind> kKinds = {ports::OutboxKind::kNotify};
constexpr std::string_view kCursor = "notifications";
constexpr std::int64_t kAtOnce = 500;
constexpr std::size_t kMaxTaken = 10'000;
constexpr Duration kSaveEvery = std::chrono::seconds{1};
constexpr Duration kAfterTrouble = std::chrono::seconds{1};
constexpr std::int64_t kMaxTries = 10;
constexpr Duration kFirstBackoff = std::chrono::seconds{5};
constexpr Duration kLongestBackoff = std::chrono::hours{1};

bool Wants(const core::NotifyRule& rule, std::string_view topic) {
  return std::ranges::find(rule.on, topic) != rule.on.end();
}

bool IsWanted(const core::Workflow& workflow, const std::vector<core::Event>& events) {
  return std::ranges::any_of(workflow.notify, [&](const core::NotifyRule& rule) {
    return std::ranges::any_of(
        events, [&](const core::Event& event) { return Wants(rule, codec::EventTopic(event)); });
  });
}

// What a notifier is told: a CloudEvents 1.0 event in its JSON form.
std::string Body(const std::string& id, std::string_view topic, const ports::Entry& entry,
                 const LoadedRun& loaded, const core::Event& event) {
  std::string out = "{\"specversion\":\"1.0\",\"id\":";
  codec::AppendJsonString(out, id);
  out += ",\"source\":\"/gatewright\",\"type\":\"dev.gatewright.";
  out += topic;
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
  codec::AppendEvent(out, event);
  out += "}}";
  return out;
}

// An undelivered notification in the outbox: enough to deliver it without the log.
std::string Parcel(const WorkflowVersion& version, std::size_t rule, const std::string& id,
                   std::string_view topic, const std::string& json) {
  std::string out = "{\"version\":";
  codec::AppendJsonString(out, version.value);
  out += ",\"rule\":" + std::to_string(rule) + ",\"id\":";
  codec::AppendJsonString(out, id);
  out += ",\"topic\":";
  codec::AppendJsonString(out, topic);
  out += ",\"body\":" + json + "}";
  return out;
}

Duration BackoffAfter(std::int64_t tries) {
  Duration backoff = kFirstBackoff;
  for (std::int64_t i = 0; i < tries && backoff < kLongestBackoff; ++i) backoff *= 3;
  return std::min(backoff, kLongestBackoff);
}

}  // namespace

Notifications::Notifications(ports::Store& store, Runs& runs, CommandLoop& loop,
                             const ports::Clock& clock, ports::Log& log, Duration limit)
    : store_(store),
      runs_(runs),
      loop_(loop),
      clock_(clock),
      log_(log),
      limit_(limit),
      alarm_(clock, "gw-notify", [this] { return Follow(); }) {}

Result<void> Notifications::Start() {
  GW_TRY(cursor, store_.Cursor(kCursor));
  cursor_ = saved_cursor_ = cursor;
  alarm_.Start();
  return {};
}

void Notifications::Stop() {
  alarm_.Stop();
  TellTaken();
  SaveCursor();
}

void Notifications::Take(const std::vector<Committed>& committed) {
  bool has_news = false;
  {
    const std::lock_guard lock(mutex_);
    committed_ = committed.back().entry.position;
    has_news = is_behind_;
    if (!is_behind_) {
      for (const Committed& one : committed) {
        if (one.run == nullptr || !IsWanted(one.run->revision->workflow, one.events)) continue;
        taken_.push_back(one);
        has_news = true;
      }
      if (taken_.size() > kMaxTaken) {
        is_behind_ = true;
        taken_.clear();
      }
    }
  }
  if (has_news) {
    alarm_.Poke();
  } else {
    alarm_.PokeAt(clock_.Now() + kSaveEvery);  // to remember that nobody wanted to hear of it
  }
}

std::optional<Time> Notifications::Follow() {
  bool is_behind = false;
  {
    const std::lock_guard lock(mutex_);
    is_behind = is_behind_;
  }
  if (is_behind && !CatchUp()) return clock_.Now() + kAfterTrouble;
  TellTaken();
  const Time now = clock_.Now();
  if (now - saved_at_ >= kSaveEvery) SaveCursor();
  if (now >= try_again_at_) try_again_at_ = TryAgain().value_or(Time::max());
  if (cursor_ != saved_cursor_) return std::min(try_again_at_, now + kSaveEvery);
  return try_again_at_ == Time::max() ? std::nullopt : std::optional(try_again_at_);
}

bool Notifications::CatchUp() {
  while (true) {
    const auto entries = store_.ReadEntries(cursor_, kAtOnce);
    if (!entries) return false;
    for (const ports::Entry& entry : *entries) {
      TellRead(entry);
      cursor_ = entry.position;
    }
    if (static_cast<std::int64_t>(entries->size()) == kAtOnce) continue;
    const std::lock_guard lock(mutex_);
    if (cursor_ < committed_) continue;
    is_behind_ = false;
    return true;
  }
}

void Notifications::TellTaken() {
  std::deque<Committed> taken;
  Position told;
  {
    const std::lock_guard lock(mutex_);
    if (is_behind_) return;
    taken.swap(taken_);
    told = std::max(cursor_, committed_);
  }
  for (const Committed& one : taken) Tell(*one.run, one.entry, one.events);
  cursor_ = told;
}

void Notifications::TellRead(const ports::Entry& entry) {
  const auto loaded = runs_.Load(entry.run);
  if (!loaded || *loaded == nullptr || (*loaded)->revision->workflow.notify.empty()) return;
  if (const auto events = codec::EventsFromJson(entry.events_json)) Tell(**loaded, entry, *events);
}

void Notifications::Tell(const LoadedRun& loaded, const ports::Entry& entry,
                         const std::vector<core::Event>& events) {
  const Revision& revision = *loaded.revision;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string_view topic = codec::EventTopic(events[i]);
    for (std::size_t rule = 0; rule < revision.workflow.notify.size(); ++rule) {
      if (!Wants(revision.workflow.notify[rule], topic)) continue;
      const std::string id = fmt::format("{}-{}", entry.position.value, i);
      TellOne(revision, rule, id, topic, Body(id, topic, entry, loaded, events[i]), entry.run);
    }
  }
}

void Notifications::TellOne(const Revision& revision, std::size_t rule, const std::string& id,
                            std::string_view topic, const std::string& json, RunId run) {
  const auto& notifier = revision.notifiers[rule];
  const auto delivered = notifier == nullptr
                             ? Result<void>(Error{ErrorCode::kUnavailable, "plugin not available"})
                             : notifier->Deliver(id, topic, json, limit_);
  if (delivered) return;
  log_.Warning(fmt::format("run {}: notifier '{}' did not take event {}: {}", run.value,
                           revision.workflow.notify[rule].use.plugin, id,
                           delivered.error().message));
  Job job;
  ports::OutboxRow row;
  row.kind = ports::OutboxKind::kNotify;
  row.run = run;
  row.body_json = Parcel(revision.workflow.version, rule, id, topic, json);
  row.due = clock_.Now() + BackoffAfter(0);
  try_again_at_ = std::min(try_again_at_, row.due);
  job.also.put_outbox.push_back(std::move(row));
  loop_.Submit(std::move(job), true);
}

std::optional<Time> Notifications::TryAgain() {
  const Time now = clock_.Now();
  const auto due = store_.DueOutbox(kKinds, now, kAtOnce);
  if (!due) return now + kAfterTrouble;
  for (const ports::OutboxRow& row : *due) {
    const auto parcel = codec::ParseJson(row.body_json);
    const auto loaded = runs_.Load(row.run);
    bool is_delivered = false;
    if (parcel && loaded && *loaded != nullptr) {
      const auto& object = parcel->as_object();
      const auto& notifiers = (*loaded)->revision->notifiers;
      const auto rule = static_cast<std::size_t>(object.at("rule").as_int64());
      if (rule < notifiers.size() && notifiers[rule] != nullptr) {
        is_delivered = notifiers[rule]
                           ->Deliver(object.at("id").as_string(), object.at("topic").as_string(),
                                     codec::ToJson(object.at("body")), limit_)
                           .has_value();
      }
    }
    Job job;
    if (is_delivered || row.tries + 1 >= kMaxTries) {
      if (!is_delivered) {
        log_.Error(fmt::format("run {}: a notification was given up after {} tries", row.run.value,
                               row.tries + 1));
      }
      job.also.drop_outbox.push_back(row.id);
    } else {
      ports::OutboxRow later = row;
      ++later.tries;
      later.due = now + BackoffAfter(later.tries);
      job.also.put_outbox.push_back(std::move(later));
    }
    loop_.Submit(std::move(job), true);
  }
  if (!due->empty()) return now + kAfterTrouble;
  const auto next = store_.NextOutbox(kKinds);
  if (!next || !*next) return std::nullopt;
  return std::max(**next, now + kAfterTrouble);
}

void Notifications::SaveCursor() {
  if (cursor_ == saved_cursor_) return;
  saved_at_ = clock_.Now();
  Job job;
  job.also.cursor = {std::string(kCursor), cursor_};
  if (loop_.Submit(std::move(job), true)) saved_cursor_ = cursor_;
}

}  // namespace gatewright::runtime
