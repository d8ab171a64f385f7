// server/http/shared_state.h: what all workers of a server share. Written before they start;
// the atomics at any time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "server/http/head_parser.h"
#include "server/http/router.h"
#include "server/http/server.h"

namespace gatewright::http {

struct SharedState {
  ServerOptions options;
  FramingLimits limits;
  Router router;
  Hooks hooks;
  std::shared_ptr<FeedSource> feed;
  std::atomic<bool> is_draining{false};
  std::atomic<std::uint64_t> next_connection_id{1};

  void Log(LogLevel level, std::string_view text) const {
    if (hooks.log) hooks.log(level, text);
  }
};

}  // namespace gatewright::http
