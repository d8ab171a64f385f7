#include "server/http/feed_hub.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace gatewright::http {

FeedHub::FeedHub(FeedOutlet& outlet, FeedSource* source, std::size_t max_queue)
    : outlet_(outlet), source_(source), max_queue_(max_queue) {}

void FeedHub::Add(const ConnectionKey& key, Subscription subscription) {
  index_[key.id] = subscribers_.size();
  subscribers_.push_back({key, subscription.cursor, std::move(subscription.matches),
                          subscription.as_messages, subscription.head});
  CatchUp(subscribers_.back());
}

void FeedHub::Remove(const ConnectionKey& key) {
  const auto found = index_.find(key.id);
  if (found == index_.end()) return;
  const std::size_t hole = found->second;
  index_.erase(found);
  if (hole + 1 != subscribers_.size()) {
    subscribers_[hole] = std::move(subscribers_.back());
    index_[subscribers_[hole].key.id] = hole;
  }
  subscribers_.pop_back();
}

void FeedHub::Drained(const ConnectionKey& key) {
  Subscriber* subscriber = Find(key.id);
  if (subscriber && subscriber->state == State::kCatchingUp) CatchUp(*subscriber);
}

void FeedHub::Publish(std::int64_t after, const std::vector<Frame>& frames) {
  if (frames.empty() || frames.back().position <= head_) return;
  Remember(after, frames);
  for (Subscriber& subscriber : subscribers_) {
    if (subscriber.state != State::kLive) continue;
    if (subscriber.cursor < after) {  // something was committed that nobody published here
      subscriber.state = State::kCatchingUp;
      CatchUp(subscriber);
      continue;
    }
    DeliverLive(subscriber, frames);
  }
  CloseTooSlow();
}

FeedHub::Subscriber* FeedHub::Find(std::uint64_t connection_id) {
  const auto found = index_.find(connection_id);
  return found == index_.end() ? nullptr : &subscribers_[found->second];
}

void FeedHub::Deliver(Subscriber& subscriber, const Frame& frame) {
  subscriber.cursor = frame.position;
  if (subscriber.matches && !subscriber.matches(frame)) return;
  outlet_.Write(subscriber.key, subscriber.as_messages ? frame.message->Get() : frame.bytes);
}

void FeedHub::DeliverLive(Subscriber& subscriber, const std::vector<Frame>& frames) {
  for (const Frame& frame : frames) {
    if (frame.position <= subscriber.cursor) continue;
    if (outlet_.QueuedBytes(subscriber.key) + frame.bytes->size() > max_queue_) {
      if (outlet_.IsStalled(subscriber.key)) return too_slow_.push_back(subscriber.key);
      // Not slow: this burst is larger than a queue. It takes the rest as it reads.
      subscriber.state = State::kCatchingUp;
      return CatchUp(subscriber);
    }
    Deliver(subscriber, frame);
  }
}

void FeedHub::Remember(std::int64_t after, const std::vector<Frame>& frames) {
  if (after > head_) {  // a gap, or the first frames ever
    ring_.clear();
    ring_after_ = after;
  }
  for (const Frame& frame : frames) {
    if (frame.position > head_) ring_.push_back(frame);
  }
  head_ = frames.back().position;
  while (ring_.size() > kRingSize) {
    ring_after_ = ring_.front().position;
    ring_.pop_front();
  }
}

bool FeedHub::RingCovers(const Subscriber& subscriber) const {
  if (head_ < 0 || subscriber.cursor < ring_after_) return false;
  // The ring may end before what was committed while nobody listened.
  return head_ >= subscriber.head || subscriber.cursor >= subscriber.head;
}

// Does what can be done now; goes on in PageArrived or Drained.
void FeedHub::CatchUp(Subscriber& subscriber) {
  if (subscriber.is_reading) return;
  if (outlet_.QueuedBytes(subscriber.key) >= kShortQueue) {
    outlet_.NotifyWhenDrained(subscriber.key);
  } else if (RingCovers(subscriber)) {
    DeliverFromRing(subscriber);
  } else if (source_ != nullptr) {
    RequestPage(subscriber);
  } else {
    subscriber.state = State::kLive;
    subscriber.cursor = std::max(subscriber.cursor, head_);
  }
}

void FeedHub::DeliverFromRing(Subscriber& subscriber) {
  auto next = std::upper_bound(
      ring_.begin(), ring_.end(), subscriber.cursor,
      [](std::int64_t cursor, const Frame& frame) { return cursor < frame.position; });
  for (; next != ring_.end(); ++next) {
    if (outlet_.QueuedBytes(subscriber.key) >= kShortQueue) {
      outlet_.NotifyWhenDrained(subscriber.key);
      return;
    }
    Deliver(subscriber, *next);
  }
  subscriber.state = State::kLive;
}

void FeedHub::RequestPage(Subscriber& subscriber) {
  subscriber.is_reading = true;
  const auto done = [post = outlet_.Poster(), id = subscriber.key.id,
                     head = head_](Result<FeedSource::Frames> page) {
    post([id, head, page = std::move(page)](FeedHub& hub) { hub.PageArrived(id, head, page); });
  };
  try {
    source_->ReadAfter(subscriber.cursor, kPageSize, done);
  } catch (const std::exception& problem) {
    done(Error{ErrorCode::kInternal, problem.what()});
  }
}

void FeedHub::PageArrived(std::uint64_t connection_id, std::int64_t head_when_asked,
                          const Result<FeedSource::Frames>& page) {
  Subscriber* subscriber = Find(connection_id);
  if (!subscriber) return;
  subscriber->is_reading = false;
  if (!page) {
    const ConnectionKey key = subscriber->key;
    Remove(key);
    return outlet_.CloseFailed(key, page.error().message);
  }
  for (const Frame& frame : *page) {
    if (frame.position > subscriber->cursor) Deliver(*subscriber, frame);
  }
  if (page->size() < kPageSize) {
    // The source has shown all there was, which includes what had been published by then.
    subscriber->cursor = std::max(subscriber->cursor, head_when_asked);
    if (subscriber->cursor >= head_) {
      subscriber->state = State::kLive;
      return;
    }
  }
  CatchUp(*subscriber);
}

void FeedHub::CloseTooSlow() {
  for (const ConnectionKey& key : std::exchange(too_slow_, {})) outlet_.CloseSlow(key);
}

}  // namespace gatewright::http
