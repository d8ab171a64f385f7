// server/http/feed_hub.h: one worker's share of the live feed: the last frames and the subscribers
// whose connections this worker owns. Used by the worker's thread only.
//
// A subscriber is catching up (it reads pages from the source, or the rest from the ring) or live
// (it is handed each frame as it is published). See feed.h for why nothing is lost or doubled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/http/feed.h"
#include "server/http/mailbox.h"

namespace gatewright::http {

class FeedHub;

// Where frames go. Unless said, none of these calls back into the hub before it returns.
class FeedOutlet {
 public:
  using HubTask = std::function<void(FeedHub&)>;

  virtual ~FeedOutlet() = default;
  virtual std::size_t QueuedBytes(const ConnectionKey& key) = 0;
  virtual void Write(const ConnectionKey& key, const std::shared_ptr<const std::string>& bytes) = 0;
  // Calls Drained(key) once the queue is short again.
  virtual void NotifyWhenDrained(const ConnectionKey& key) = 0;
  // The queue has been waiting for the reader since before this round of the event loop.
  virtual bool IsStalled(const ConnectionKey& key) = 0;
  virtual void CloseSlow(const ConnectionKey& key) = 0;  // may call Remove
  virtual void CloseFailed(const ConnectionKey& key, const std::string& why) = 0;
  // A function that any thread may call, as long as it likes, to run a task with this hub.
  virtual std::function<void(HubTask)> Poster() = 0;
};

class FeedHub {
 public:
  static constexpr std::size_t kRingSize = 1024;
  static constexpr std::size_t kPageSize = 256;
  static constexpr std::size_t kShortQueue = 64 * 1024;  // below it a catching-up reader gets more

  // `source` may be null: then subscribers start live. `max_queue` closes a live subscriber.
  FeedHub(FeedOutlet& outlet, FeedSource* source, std::size_t max_queue);

  void Add(const ConnectionKey& key, Subscription subscription);
  void Remove(const ConnectionKey& key);
  void Drained(const ConnectionKey& key);
  void Publish(std::int64_t after, const std::vector<Frame>& frames);

  std::size_t size() const { return subscribers_.size(); }

 private:
  enum class State { kCatchingUp = 1, kLive };
  struct Subscriber {
    ConnectionKey key;
    std::int64_t cursor = 0;
    std::function<bool(const Frame&)> matches;
    bool as_messages = false;
    std::int64_t head = 0;  // see Subscription
    State state = State::kCatchingUp;
    bool is_reading = false;  // a page is on its way
  };

  Subscriber* Find(std::uint64_t connection_id);
  void Deliver(Subscriber& subscriber, const Frame& frame);
  void DeliverLive(Subscriber& subscriber, const std::vector<Frame>& frames);
  void Remember(std::int64_t after, const std::vector<Frame>& frames);
  bool RingCovers(const Subscriber& subscriber) const;
  void CatchUp(Subscriber& subscriber);
  void DeliverFromRing(Subscriber& subscriber);
  void RequestPage(Subscriber& subscriber);
  void PageArrived(std::uint64_t connection_id, std::int64_t head_when_asked,
                   const Result<FeedSource::Frames>& page);
  void CloseTooSlow();

  FeedOutlet& outlet_;
  FeedSource* const source_;
  const std::size_t max_queue_;

  std::deque<Frame> ring_;
  std::int64_t ring_after_ = -1;  // the ring holds every frame of (ring_after_, head_]
  std::int64_t head_ = -1;        // the last published position; -1 when nothing was published

  std::vector<Subscriber> subscribers_;
  std::unordered_map<std::uint64_t, std::size_t> index_;  // by connection id, into subscribers_
  std::vector<ConnectionKey> too_slow_;
};

}  // namespace gatewright::http
