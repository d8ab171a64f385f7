#include "server/api/metrics.h"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <sstream>
#include <unordered_map>

namespace gatewright::api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

const prometheus::Histogram::BucketBoundaries kSeconds = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

std::atomic<std::uint64_t> next_instance{1};

MetricFamily Single(MetricType type, std::string name, std::string help, double value) {
  ClientMetric metric;
  if (type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  return {std::move(name), std::move(help), type, {std::move(metric)}};
}

MetricFamily CounterOf(std::string name, std::string help, double value) {
  return Single(MetricType::Counter, std::move(name), std::move(help), value);
}

MetricFamily GaugeOf(std::string name, std::string help, double value) {
  return Single(MetricType::Gauge, std::move(name), std::move(help), value);
}

double ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0;
  double resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

void AddEngine(std::vector<MetricFamily>& all, const runtime::EngineStats& stats) {
  all.push_back(CounterOf("gatewright_commands_total", "Commands taken by the command loop.",
                          static_cast<double>(stats.commands)));
  all.push_back(CounterOf("gatewright_commits_total",
                          "Transactions; commands per commit is the size of a group.",
                          static_cast<double>(stats.commits)));
  all.push_back(CounterOf("gatewright_commands_refused_full_total",
                          "Commands refused because the queue was full.",
                          static_cast<double>(stats.refused_full)));
  all.push_back(GaugeOf("gatewright_command_queue_depth", "Commands waiting for the loop.",
                        static_cast<double>(stats.queued)));
  all.push_back(GaugeOf("gatewright_attempts_running", "Attempts of actions running now.",
                        static_cast<double>(stats.running_attempts)));
  all.push_back(GaugeOf("gatewright_attempts_waiting", "Planned attempts waiting for a worker.",
                        static_cast<double>(stats.waiting_attempts)));
  all.push_back(GaugeOf("gatewright_attempts_outside",
                        "Attempts whose work goes on outside, in no call.",
                        static_cast<double>(stats.outside_attempts)));
  all.push_back(GaugeOf("gatewright_runs_cached", "Runs kept in memory.",
                        static_cast<double>(stats.cached_runs)));
}

using Labels = std::vector<ClientMetric::Label>;

void AddSample(MetricFamily& family, Labels labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (family.type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family.metric.push_back(std::move(metric));
}

// An offer that was never called has no series.
void AddPlugins(std::vector<MetricFamily>& all, const ports::PluginUsage& usage) {
  MetricFamily calls{"gatewright_plugin_calls_total",
                     "Calls into plugins by how they ended.",
                     MetricType::Counter,
                     {}};
  MetricFamily seconds{"gatewright_plugin_call_seconds_total",
                       "Time spent in calls into plugins.",
                       MetricType::Counter,
                       {}};
  for (const ports::OfferUsage& offer : usage.offers) {
    const Labels labels = {{"plugin", offer.library},
                           {"kind", std::string(ToString(offer.kind))},
                           {"offer", offer.name}};
    bool was_called = false;
    for (const auto& [end, count] : offer.calls) {
      if (count == 0) continue;
      was_called = true;
      Labels with_end = labels;
      with_end.push_back({"end", std::string(end)});
      AddSample(calls, std::move(with_end), static_cast<double>(count));
    }
    if (was_called) AddSample(seconds, labels, offer.seconds);
  }
  MetricFamily running{
      "gatewright_plugin_processes", "Processes that run a plugin now.", MetricType::Gauge, {}};
  MetricFamily failed{"gatewright_plugin_processes_failed_total",
                      "Processes of plugins that were killed or ended by themselves.",
                      MetricType::Counter,
                      {}};
  MetricFamily resting{"gatewright_plugin_resting",
                       "1: its processes failed too often in a row, none is started for a while.",
                       MetricType::Gauge,
                       {}};
  for (const ports::ProcessUsage& one : usage.processes) {
    const Labels labels = {{"plugin", one.library}};
    AddSample(running, labels, static_cast<double>(one.running));
    AddSample(failed, labels, static_cast<double>(one.failed));
    AddSample(resting, labels, one.is_resting ? 1 : 0);
  }
  for (MetricFamily* family : {&calls, &seconds, &running, &failed, &resting}) {
    if (!family->metric.empty()) all.push_back(std::move(*family));
  }
}

std::string_view WordOf(ports::DeliveryState outcome) {
  switch (outcome) {
    case ports::DeliveryState::kPending:
      return "retried";
    case ports::DeliveryState::kDelivered:
      return "delivered";
    case ports::DeliveryState::kFailed:
      return "failed";
    case ports::DeliveryState::kDisabled:
      return "disabled";
    case ports::DeliveryState::kDropped:
      break;
  }
  return "dropped";
}

void AddDeliveries(std::vector<MetricFamily>& all, const Metrics::Sample& sample) {
  MetricFamily deliveries{
      "gatewright_deliveries_total",
      "Notifications by what became of them; retried: a try failed and is made again.",
      MetricType::Counter,
      {}};
  for (const runtime::DeliveryCount& one : sample.deliveries) {
    AddSample(deliveries,
              {{"notifier", one.notifier}, {"outcome", std::string(WordOf(one.outcome))}},
              static_cast<double>(one.count));
  }
  if (!deliveries.metric.empty()) all.push_back(std::move(deliveries));
  if (!sample.pending_deliveries) return;
  const auto& oldest = sample.pending_deliveries->oldest;
  const std::chrono::duration<double> waits =
      oldest ? std::max(sample.now - *oldest, Duration{0}) : Duration{0};
  all.push_back(GaugeOf("gatewright_deliveries_pending",
                        "Notifications that wait to be delivered, or delivered again.",
                        static_cast<double>(sample.pending_deliveries->count)));
  all.push_back(GaugeOf("gatewright_deliveries_oldest_pending_seconds",
                        "Age of the oldest of them; 0 when there is none.", waits.count()));
}

void AddHttp(std::vector<MetricFamily>& all, const Metrics::Sample& sample) {
  const http::Statistics& stats = sample.http;
  all.push_back(GaugeOf("gatewright_http_connections", "Connections open now.",
                        static_cast<double>(stats.connections)));
  all.push_back(GaugeOf("gatewright_event_streams", "Subscribers of the live feed now.",
                        static_cast<double>(sample.feed_subscribers)));
  all.push_back(GaugeOf("gatewright_log_readers", "Answers that send an attempt's output now.",
                        static_cast<double>(sample.log_readers)));
  all.push_back(GaugeOf("gatewright_http_requests_in_flight", "Requests not answered yet.",
                        static_cast<double>(stats.in_flight)));
  all.push_back(CounterOf("gatewright_http_connections_accepted_total", "Connections accepted.",
                          static_cast<double>(stats.accepted)));
  all.push_back(CounterOf("gatewright_http_connections_refused_total",
                          "Connections over the limit.", static_cast<double>(stats.refused)));
  all.push_back(CounterOf("gatewright_http_slow_clients_closed_total",
                          "Connections closed because nobody read them.",
                          static_cast<double>(stats.slow_killed)));
  all.push_back(CounterOf("gatewright_http_timeouts_total",
                          "Requests and answers that were not ready in time.",
                          static_cast<double>(stats.timed_out)));
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter()
          .Name("gatewright_http_requests_total")
          .Help("Answered requests by route template, method and status code.")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds =
      prometheus::BuildHistogram()
          .Name("gatewright_http_request_duration_seconds")
          .Help("Time from the last byte of a request to its answer.")
          .Register(registry);
  const std::uint64_t instance = next_instance++;
  const double started =
      static_cast<double>(std::chrono::duration_cast<std::chrono::seconds>(
                              std::chrono::system_clock::now().time_since_epoch())
                              .count());
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

// Looking a series up by its labels takes a lock and many strings, so every thread keeps what it
// has found.
void Metrics::Observe(std::string_view route, std::string_view method, int status, double seconds) {
  struct Series {
    prometheus::Counter* requests;
    prometheus::Histogram* seconds;
  };
  thread_local std::unordered_map<std::string, Series> found;
  thread_local std::uint64_t found_by = 0;
  thread_local std::string key;
  if (found_by != families_->instance) {
    found.clear();
    found_by = families_->instance;
  }
  key.assign(route);
  key += ' ';
  key += method;
  key += static_cast<char>(status / 8);
  key += static_cast<char>(status % 8);
  auto series = found.find(key);
  if (series == found.end()) {
    const std::string route_label(route);
    const std::string method_label(method);
    series =
        found
            .emplace(key, Series{&families_->requests.Add({{"route", route_label},
                                                           {"method", method_label},
                                                           {"code", fmt::to_string(status)}}),
                                 &families_->seconds.Add(
                                     {{"route", route_label}, {"method", method_label}}, kSeconds)})
            .first;
  }
  series->second.requests->Increment();
  series->second.seconds->Observe(seconds);
}

std::string Metrics::Write(const Sample& sample) const {
  std::vector<MetricFamily> all = families_->registry.Collect();
  MetricFamily build = GaugeOf("gatewright_build_info", "Always 1; the label says what runs.", 1);
  build.metric.front().label.push_back({"version", sample.version});
  all.push_back(std::move(build));
  AddEngine(all, sample.engine);
  AddPlugins(all, sample.plugins);
  AddDeliveries(all, sample);
  AddHttp(all, sample);
  all.push_back(GaugeOf("gatewright_log_position", "Position of the newest entry of the log.",
                        static_cast<double>(sample.log_position)));
  all.push_back(GaugeOf("process_resident_memory_bytes", "Resident memory.", ResidentBytes()));
  all.push_back(GaugeOf("process_start_time_seconds", "When the process began, Unix time.",
                        families_->started));
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, all);
  return out.str();
}

}  // namespace gatewright::api
