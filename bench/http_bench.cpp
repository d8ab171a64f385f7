// bench/http_bench.cpp: the durable life of a deployment over HTTP, beside the limit of the disk,
// in one run. Usage: gw_http_bench PORT SERVER_DB [seconds per measurement] [rounds]
// The server must run with the shipped workflow in development mode on this machine.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "bench/lifecycle.h"
#include "bench/limit.h"
#include "bench/load.h"

namespace {

using namespace gatewright::bench;

constexpr std::array kConnections = {1, 16, 64, 256};
class Reads {
 public:
  explicit Reads(int runs) : runs_(runs) {}
  Exchange operator()(int, std::string_view) {
    seed_ = seed_ * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto id = 1 + (seed_ >> 33) % static_cast<std::uint64_t>(runs_);
    return {Get(fmt::format("/deployments/{}", id)),
            [id](std::string_view answer) { return Member(answer, "id") == std::to_string(id); }};
  }

 private:
  int runs_;
  std::uint64_t seed_ = 1;
};

class Pages {
 public:
  Exchange operator()(int, std::string_view) {
    return {Get("/deployments?state=executed&limit=50"), [](std::string_view answer) {
              return answer.starts_with("HTTP/1.1 200") && Member(answer, "state") == "executed";
            }};
  }
};

// Four reads, then a write.
class Mixed {
 public:
  explicit Mixed(int runs) : reads_(runs) {}
  Exchange operator()(int connection, std::string_view last_answer) {
    int& turn = turns_[connection];
    if (turn == 4 && !last_answer.empty()) last_write_[connection] = std::string(last_answer);
    turn = (turn + 1) % 5;
    if (turn != 4) return reads_(connection, "");
    return writes_(connection, last_write_[connection]);
  }

 private:
  Reads reads_;
  Lifecycle writes_;
  std::map<int, int> turns_;
  std::map<int, std::string> last_write_;
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Line {
  std::vector<double> rate, limit, p50, p99;
};

void Take(Line& line, const LoadResult& result) {
  if (result.wrong > 0) {
    fmt::print(stderr, "{} of {} answers were wrong\n", result.wrong, result.answers);
    std::exit(1);
  }
  line.rate.push_back(result.rate());
  line.p50.push_back(result.Percentile(0.5));
  line.p99.push_back(result.Percentile(0.99));
}

void Print(const std::string& name, const Line& line) {
  fmt::print("{:<22} {:>9.0f}/s   p50 {:>7.2f} ms   p99 {:>7.2f} ms", name, Median(line.rate),
             Median(line.p50), Median(line.p99));
  if (!line.limit.empty()) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < line.rate.size(); ++i)
      ratios.push_back(line.rate[i] / line.limit[i]);
    fmt::print("   limit {:>9.0f}/s   ratio {:.2f}", Median(line.limit), Median(ratios));
  }
  fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: gw_http_bench PORT SERVER_DB [seconds] [rounds]\n");
    return 2;
  }
  const int port = std::atoi(argv[1]);
  const std::string db = argv[2];
  const double seconds = argc > 3 ? std::atof(argv[3]) : 2.0;
  const int rounds = argc > 4 ? std::atoi(argv[4]) : 3;

  std::map<int, Line> lives;
  Line reads, pages, mixed;
  constexpr int kReadRuns = 100;
  for (int round = 0; round < rounds; ++round) {
    for (const int connections : kConnections) {
      Take(lives[connections], RunLoad(port, connections, seconds, Lifecycle()));
      lives[connections].limit.push_back(LimitRate(db, db + ".limit", connections, seconds));
    }
    Take(reads, RunLoad(port, 64, seconds, Reads(kReadRuns)));
    Take(pages, RunLoad(port, 64, seconds, Pages()));
    Take(mixed, RunLoad(port, 64, seconds, Mixed(kReadRuns)));
  }
  fmt::print(
      "medians of {} rounds of {} s; limit = the same entries by plain SQLite group commit "
      "of as many as there are connections\n",
      rounds, seconds);
  for (const int connections : kConnections) {
    Print(fmt::format("lifecycle, {} conn", connections), lives[connections]);
  }
  Print("get one, 64 conn", reads);
  Print("page of 50, 64 conn", pages);
  Print("mixed 80/20, 64 conn", mixed);
  return 0;
}
