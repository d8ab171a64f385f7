// server/api/parts.h: what the routes share: see api.h for what its owner sees. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "server/api/api.h"
#include "server/api/background.h"
#include "server/api/log_readers.h"
#include "server/api/metrics.h"
#include "server/api/numbers_book.h"
#include "server/api/sign_in.h"

namespace gatewright::api {

struct ApiContext::Parts {
  Parts(runtime::Engine& the_engine, ApiOptions the_options)
      : engine(the_engine), options(std::move(the_options)), sign_in(the_engine, options.auth) {}

  // Turns committed entries into frames, when somebody listens. Called by the command loop.
  void Publish(const std::vector<ports::Entry>& entries);
  http::Statistics HttpStatistics();

  runtime::Engine& engine;
  const ApiOptions options;
  Metrics metrics;
  SignIn sign_in;
  std::atomic<bool> is_draining{false};
  // Counted before a subscriber reads the log, so that what is committed after that is published.
  std::atomic<int> subscribers{0};

  std::mutex server_mutex;
  http::Server* server = nullptr;  // guarded by server_mutex

  Background background{2};  // last but for who posts to it: its jobs use the rest
  std::shared_ptr<NumbersBook> numbers = std::make_shared<NumbersBook>(engine);
  std::shared_ptr<LogReaders> log_readers = std::make_shared<LogReaders>(engine, background);
};

}  // namespace gatewright::api
