// server/api/metrics.h: what Prometheus reads at /metrics. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime/engine.h"
#include "server/http/server.h"

namespace gatewright::api {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  // One answered request. About 0.1 µs after the first of its kind on a thread.
  void Observe(std::string_view route, std::string_view method, int status, double seconds);

  struct Sample {
    runtime::EngineStats engine;
    ports::PluginUsage plugins;
    std::vector<runtime::DeliveryCount> deliveries;
    std::optional<ports::PendingDeliveries> pending_deliveries;  // nothing: it could not be read
    Time now;
    http::Statistics http;
    int feed_subscribers = 0;
    int log_readers = 0;
    std::int64_t log_position = 0;
    std::string version;
  };
  // Everything in the text format 0.0.4.
  std::string Write(const Sample& sample) const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace gatewright::api
