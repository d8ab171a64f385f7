// bench/beside_bench.cpp: how long answers take beside plugins that hang, against how long they
// take without, in one run. Usage: gw_beside_bench PORT WORKFLOW [HUNG] [seconds per measurement]
// [rounds]. WORKFLOW is one whose action never comes back; bench/beside starts such a server.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "bench/lifecycle.h"
#include "bench/load.h"

namespace {

using namespace gatewright::bench;

constexpr int kConnections = 8;
constexpr int kLooks = 600;

// The attempts that are being made, as /metrics says.
int Running(int port) {
  const std::string text = AskOnce(port, Get("/metrics"));
  const auto at = text.find("\ngatewright_attempts_running ");
  return at == text.npos ? -1 : std::atoi(text.c_str() + text.find(' ', at));
}

bool WaitFor(int port, int running) {
  for (int look = 0; look < kLooks; ++look) {
    if (Running(port) == running) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  return false;
}

LoadResult Measure(int port, double seconds) {
  return RunLoad(port, kConnections, seconds, Lifecycle());
}

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: gw_beside_bench PORT WORKFLOW [HUNG] [seconds] [rounds]\n");
    return 2;
  }
  const int port = std::atoi(argv[1]);
  const int hung = argc > 3 ? std::atoi(argv[3]) : 50;
  const double seconds = argc > 4 ? std::atof(argv[4]) : 3;
  const int rounds = argc > 5 ? std::atoi(argv[5]) : 3;
  Measure(port, seconds);  // warm

  std::vector<double> alone, beside;
  const auto measure = [&](std::vector<double>& into) {
    for (int round = 0; round < rounds; ++round) {
      into.push_back(Measure(port, seconds).Percentile(0.99));
    }
  };
  measure(alone);
  std::vector<std::string> runs;
  for (int i = 0; i < hung; ++i) {
    const std::string made = AskOnce(
        port, Post("/api/v1/runs",
                   fmt::format(R"({{"workflow":"{}","name":"hung","subject":{{}}}})", argv[2])));
    runs.emplace_back(Member(made, "id"));
  }
  if (!WaitFor(port, hung)) {
    fmt::print(stderr, "expected {} attempts at once, found {}\n", hung, Running(port));
    return 1;
  }
  measure(beside);
  for (const std::string& run : runs) {
    AskOnce(port, Post(fmt::format("/api/v1/runs/{}/cancel", run), R"({"reason":"measured"})"));
  }
  if (!WaitFor(port, 0)) return 1;  // what is deaf is killed ten seconds after it was told
  measure(alone);                   // a machine that has become slower meanwhile shows
  fmt::print("p99 alone {:.2f} ms, beside {} plugins that hang {:.2f} ms: {:.2f} times\n",
             Median(alone), hung, Median(beside), Median(beside) / Median(alone));
  return 0;
}
