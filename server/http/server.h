// server/http/server.h: the HTTP/1.1 server: one accept thread, a few worker threads, each with its
// own connections. Start, Shutdown and Publish may be called from any thread; not concurrently
// with each other, except Publish.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "server/http/feed.h"
#include "server/http/message.h"
#include "server/http/router.h"

namespace gatewright::http {

struct ServerOptions {
  std::string host = "127.0.0.1";  // "::" listens on IPv6 and IPv4
  std::uint16_t port = 0;          // 0 takes any free port
  int workers = 2;

  std::size_t max_header_block = 32 * 1024;
  std::size_t max_headers = 100;
  std::size_t max_target = 8 * 1024;
  std::size_t max_body = 1024 * 1024;
  std::size_t max_connections = 20'000;
  std::size_t max_stream_queue = 256 * 1024;

  std::chrono::milliseconds header_time{10'000};  // from the first byte to the end of the header
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds idle_time{60'000};    // between requests
  std::chrono::milliseconds answer_time{30'000};  // for the handler; then 503
  std::chrono::milliseconds stall_time{20'000};   // for a client that does not read
  std::chrono::milliseconds ping_every{15'000};   // on a silent stream
};

enum class LogLevel { kInfo = 1, kWarning, kError };

// All optional. `before`, `after` and `observed` run on worker threads, several at once, and must
// not block.
struct Hooks {
  // Runs before routing; an answer ends the request there (authentication, CORS, hot paths).
  std::function<std::optional<Response>(Request&)> before;
  // Runs on every answer, framing errors included (the request may then be almost empty).
  std::function<void(const Request&, Response&)> after;
  // `route` is the route's label, or "(none)" when no route was found. Not called for streams'
  // whole life: for them `seconds` is the time until the stream opened.
  std::function<void(std::string_view route, std::string_view method, int status, double seconds)>
      observed;
  std::function<void(LogLevel, std::string_view text)> log;
};

struct Statistics {
  std::int64_t connections = 0;  // open now
  std::int64_t streams = 0;      // open now
  std::int64_t in_flight = 0;    // dispatched, not yet answered
  std::int64_t accepted = 0;     // from here on: since start
  std::int64_t refused = 0;      // over max_connections
  std::int64_t requests = 0;
  std::int64_t dropped_answers = 0;  // late, double, or to a client that has left
  std::int64_t slow_killed = 0;      // streams and answers that nobody read
  std::int64_t timed_out = 0;        // 408 and 503 sent by the transport
};

class Server {
 public:
  // `feed`, when given, must outlive every callback it was handed.
  Server(ServerOptions options, Router router, Hooks hooks,
         std::shared_ptr<FeedSource> feed = nullptr);
  ~Server();  // shuts down without grace if that has not happened
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The port it listens on. Call once.
  Result<std::uint16_t> Start();

  // Frames for the live feed: all there are with a position greater than `after`, up to the last
  // one's, in order. One task per worker, however many subscribers. Thread-safe; calls must come in
  // the order of positions.
  void Publish(std::int64_t after, std::vector<Frame> frames);

  // Says `Connection: close` on every answer, stops accepting, closes idle connections and
  // streams, waits up to `grace` for the rest, then stops the workers.
  void Shutdown(std::chrono::milliseconds grace);

  bool IsDraining() const;
  Statistics Stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gatewright::http
