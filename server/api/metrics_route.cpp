// GET /metrics.
#include "server/api/parts.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

Outcome GetMetrics(Call& call) {
  ApiContext::Parts& parts = call.api.parts();
  Metrics::Sample sample;
  sample.engine = call.engine().stats();
  sample.plugins = call.engine().plugins().Usage();
  sample.deliveries = call.engine().delivery_counts();
  if (const auto pending = call.engine().PendingDeliveries()) sample.pending_deliveries = *pending;
  sample.now = call.engine().Now();
  sample.http = parts.HttpStatistics();
  sample.feed_subscribers = parts.subscribers;
  sample.log_readers = parts.log_readers->size();
  if (const auto head = call.engine().Head()) sample.log_position = head->value;
  sample.version = call.api.options().version;
  http::Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = parts.metrics.Write(sample);
  return response;
}

}  // namespace

void MountMetrics(Routes& routes) { routes.Get("/metrics", Access::Open(), {}, GetMetrics); }

}  // namespace gatewright::api
