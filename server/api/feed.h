// server/api/feed.h: the log as the live feed's frames. Thread-safe.
#pragma once

#include "engine/ports/store.h"
#include "server/api/api.h"
#include "server/http/feed.h"

namespace gatewright::api {

// "id: 7\nevent: vote.cast\ndata: {…}\n\n"
http::Frame FrameOf(const ports::Entry& entry);

// Reads pages of the log for subscribers that have to catch up, on a background thread.
class LogFeed final : public http::FeedSource {
 public:
  explicit LogFeed(ApiContext& api) : api_(api) {}
  void ReadAfter(std::int64_t position, std::size_t limit, Done done) override;

 private:
  ApiContext& api_;
};

}  // namespace gatewright::api
