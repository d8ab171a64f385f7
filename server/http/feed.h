// server/http/feed.h: what the live feed is made of: frames with a position, and the source from
// which a subscriber that fell behind reads what it has missed. Plain types, no threads.
//
// How nothing is lost or doubled: every subscriber has a cursor, the position of the last frame it
// was given or passed over. Each worker keeps the last 1,024 published frames. A subscriber whose
// cursor lies before them reads pages from the source until it has caught up, and only then
// receives frames as they are published. A gap in publishing sends it back to the source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace gatewright::http {

// Text that is made when the first asks for it, and then kept. Thread-safe.
class LazyText {
 public:
  using Make = std::function<std::string()>;
  explicit LazyText(Make make) : make_(std::move(make)) {}

  const std::shared_ptr<const std::string>& Get() {
    std::call_once(is_made_, [this] { text_ = std::make_shared<const std::string>(make_()); });
    return text_;
  }

 private:
  const Make make_;
  std::once_flag is_made_;
  std::shared_ptr<const std::string> text_;
};

struct Frame {
  std::int64_t position = 0;
  std::int64_t run_id = 0;
  std::string workflow;
  std::shared_ptr<const std::string> bytes;  // "id: 7\nevent: …\ndata: …\n\n", written unchanged
  std::shared_ptr<LazyText> message{};       // the same as one WebSocket message
};

// The committed past. Implemented by whoever can read the log.
class FeedSource {
 public:
  using Frames = std::vector<Frame>;
  using Done = std::function<void(Result<Frames>)>;

  virtual ~FeedSource() = default;

  // Called on a worker thread: must not block. Calls `done` exactly once, on any thread, with at
  // most `limit` frames of a position greater than `position`, ascending, none left out. Fewer
  // than `limit` means that these were all at that moment; everything published before the call
  // must be visible to it. An error closes the subscriber, which comes back with Last-Event-ID.
  virtual void ReadAfter(std::int64_t position, std::size_t limit, Done done) = 0;
};

struct Subscription {
  std::int64_t cursor = 0;                    // frames after this position are wanted; 0 is all
  std::function<bool(const Frame&)> matches;  // empty: every frame. Runs on the worker thread
  bool as_messages = false;                   // for a WebSocket
  // The last position that was committed when this subscriber was already counted among those for
  // whom frames are published. Nobody may have published it: without subscribers nothing is.
  std::int64_t head = 0;
};

}  // namespace gatewright::http
