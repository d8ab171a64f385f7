#include "engine/runtime/notifications.h"

#include <algorithm>
#include <utility>

#include "engine/codec/events.h"
#include "engine/runtime/routing.h"

namespace gatewright::runtime {
namespace {

constexpr std::string_view kCursor = "notifications";
constexpr std::int64_t kEntriesAtOnce = 500;
constexpr std::size_t kMaxTaken = 10'000;
constexpr Duration kSaveEvery = std::chrono::seconds{1};
constexpr Duration kFollowAgainAfter = std::chrono::seconds{1};

bool Wants(const core::NotifyRule& rule, std::string_view topic) {
  return std::ranges::find(rule.on, topic) != rule.on.end();
}

bool IsWanted(const core::Workflow& workflow, const std::vector<core::Event>& events) {
  return std::ranges::any_of(workflow.notify, [&](const core::NotifyRule& rule) {
    return std::ranges::any_of(
        events, [&](const core::Event& event) { return Wants(rule, codec::EventTopic(event)); });
  });
}

}  // namespace

Notifications::Notifications(MessageWriter::Around around, CommandLoop& loop, ports::Log& log,
                             Duration limit)
    : around_(around),
      writer_(std::move(around)),
      deliveries_(around_.store, writer_, loop, around_.clock, log, limit, std::string(kCursor)),
      alarm_(around_.clock, "gw-notify", [this] { return Follow(); }) {}

Result<void> Notifications::Start() {
  GW_TRY(cursor, around_.store.Cursor(kCursor));
  cursor_ = saved_cursor_ = cursor;
  GW_CHECK(deliveries_.Start());
  alarm_.Start();
  return {};
}

void Notifications::Stop() {
  alarm_.Stop();
  TellTaken();
  if (cursor_ != saved_cursor_) deliveries_.Add({}, cursor_);
  deliveries_.Stop();
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
      if (taken_.size() > kMaxTaken) FallBehind();
    }
  }
  if (has_news) {
    alarm_.Poke();
  } else {
    alarm_.PokeAt(around_.clock.Now() +
                  kSaveEvery);  // to remember that nobody wanted to hear of it
  }
}

void Notifications::FallBehind() {
  is_behind_ = true;
  taken_.clear();
}

std::optional<Time> Notifications::Follow() {
  const Time now = around_.clock.Now();
  if (!deliveries_.HasRoom()) {
    const std::lock_guard lock(mutex_);
    if (!taken_.empty()) FallBehind();
    return now + kFollowAgainAfter;
  }
  bool is_behind = false;
  {
    const std::lock_guard lock(mutex_);
    is_behind = is_behind_;
  }
  if (is_behind && !CatchUp()) return now + kFollowAgainAfter;
  TellTaken();
  if (cursor_ == saved_cursor_) return std::nullopt;
  if (now - saved_at_ < kSaveEvery) return now + kSaveEvery;
  Tell({});
  return std::nullopt;
}

bool Notifications::CatchUp() {
  while (deliveries_.HasRoom()) {
    const auto entries = around_.store.ReadEntries(cursor_, kEntriesAtOnce);
    if (!entries) return false;
    std::vector<NewDelivery> made;
    for (const ports::Entry& entry : *entries) {
      Read(entry, made);
      cursor_ = entry.position;
    }
    if (!made.empty()) Tell(std::move(made));
    if (static_cast<std::int64_t>(entries->size()) == kEntriesAtOnce) continue;
    const std::lock_guard lock(mutex_);
    if (cursor_ < committed_) continue;
    is_behind_ = false;
    return true;
  }
  return false;
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
  std::vector<NewDelivery> made;
  for (const Committed& one : taken) Make(*one.run, one.entry, one.events, made);
  cursor_ = told;
  if (!made.empty()) Tell(std::move(made));
}

void Notifications::Tell(std::vector<NewDelivery> made) {
  deliveries_.Add(std::move(made), cursor_);
  saved_cursor_ = cursor_;
  saved_at_ = around_.clock.Now();
}

void Notifications::Read(const ports::Entry& entry, std::vector<NewDelivery>& made) {
  const auto loaded = around_.runs.Load(entry.run);
  if (!loaded || *loaded == nullptr || (*loaded)->revision->workflow.notify.empty()) return;
  const auto events = codec::EventsFromJson(entry.events_json);
  if (events) Make(**loaded, entry, *events, made);
}

void Notifications::Make(const LoadedRun& loaded, const ports::Entry& entry,
                         const std::vector<core::Event>& events, std::vector<NewDelivery>& made) {
  const core::Workflow& workflow = loaded.revision->workflow;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string_view topic = codec::EventTopic(events[i]);
    std::optional<Message> message;
    for (std::size_t rule = 0; rule < workflow.notify.size(); ++rule) {
      if (!Wants(workflow.notify[rule], topic)) continue;
      NewDelivery one;
      one.row.event = EventId(entry.position, i);
      one.row.topic = topic;
      one.row.run = entry.run;
      one.row.lane = LaneOf(workflow.version, rule);
      one.row.notifier = workflow.notify[rule].use.plugin;
      one.row.due = around_.clock.Now();
      if (workflow.notify[rule].to != core::NotifyTo::kChannel) {
        MakeForPeople(loaded, rule, one, made);
        continue;
      }
      if (!message) message = WriteMessage(entry, i, events[i], loaded);
      one.message = message;
      made.push_back(std::move(one));
    }
  }
}

// What a person is told is written when it is sent: it may no longer be needed then.
void Notifications::MakeForPeople(const LoadedRun& loaded, std::size_t rule,
                                  const NewDelivery& pattern, std::vector<NewDelivery>& made) {
  const auto directory = around_.surroundings.directory();
  if (directory == nullptr) return;
  const core::Workflow& workflow = loaded.revision->workflow;
  const core::NotifyRule& notify = workflow.notify[rule];
  std::vector<Candidate> candidates;
  for (const core::Principal& person : directory->people()) {
    const core::Preferences* wishes = directory->FindPreferences(person.id);
    if (wishes == nullptr) continue;
    Candidate candidate{person.id, wishes, false};
    if (AsksWhetherNeeded(notify, loaded.run, person.id, *wishes)) {
      candidate.is_needed = around_.is_needed(loaded, person);
    }
    candidates.push_back(std::move(candidate));
  }
  for (const Told& told : Route(notify, loaded.run, candidates, pattern.row.due)) {
    NewDelivery one = pattern;
    one.row.recipient = told.person.value;
    one.row.lane = LaneOf(workflow.version, rule, told.person);
    one.row.due = told.when;
    one.row.is_digest = told.is_digest;
    made.push_back(std::move(one));
  }
}

}  // namespace gatewright::runtime
