#include "server/api/numbers_book.h"

#include <chrono>
#include <utility>

#include "engine/codec/events.h"
#include "engine/core/site.h"

namespace gatewright::api {
namespace {

constexpr int kMostWaiting = 8;
constexpr std::int64_t kPage = 1'000;  // entries per read of the store
constexpr std::chrono::milliseconds kSlice{1'000};

}  // namespace

bool NumbersBook::Ask(numbers::Question question, Done done) {
  if (++waiting_ > kMostWaiting) {
    --waiting_;
    return false;
  }
  const bool is_posted =
      thread_.Post([this, question = std::move(question), done = std::move(done)] {
        done(Answer(question));
        --waiting_;
      });
  if (!is_posted) --waiting_;
  return is_posted;
}

Result<NumbersBook::Found> NumbersBook::Answer(const numbers::Question& question) {
  GW_TRY(is_complete, ReadOn());
  Found found;
  found.numbers = ledger_.Count(question);
  found.read = read_;
  found.is_complete = is_complete;
  if (is_complete) {
    found.head = read_;
  } else {
    GW_TRY(head, engine_.Head());
    found.head = head;
  }
  return found;
}

Result<bool> NumbersBook::ReadOn() {
  const auto end = std::chrono::steady_clock::now() + kSlice;
  do {
    GW_TRY(entries, engine_.ReadEntries(read_, kPage));
    for (const ports::Entry& entry : entries) {
      if (entry.run != core::kSite) {
        GW_TRY(events, codec::EventsFromJson(entry.events_json));
        ledger_.Take(entry.run, entry.at, events);
      }
      read_ = entry.position;
    }
    if (static_cast<std::int64_t>(entries.size()) < kPage) return true;
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace gatewright::api
