// bench/load.h: a closed loop of keep-alive HTTP connections on one thread: every connection sends
// its next request as soon as the last answer came. Every answer is checked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gatewright::bench {

struct Exchange {
  std::string request;                                 // whole, with headers
  std::function<bool(std::string_view answer)> check;  // head and body; false = wrong answer
};

// What one connection does next; called after each checked answer (empty at the start).
using Next = std::function<Exchange(int connection, std::string_view last_answer)>;

struct LoadResult {
  double seconds = 0;
  std::int64_t answers = 0;
  std::int64_t wrong = 0;
  std::vector<double> milliseconds;  // of every answer

  double rate() const { return static_cast<double>(answers) / seconds; }
  double Percentile(double share) const;
};

LoadResult RunLoad(int port, int connections, double seconds, const Next& next);

// One request over a connection of its own, and its answer.
std::string AskOnce(int port, const std::string& request);

std::string Get(const std::string& path);
std::string Post(const std::string& path, const std::string& body);

// The value of the first `"member":` in the answer's body, bare; empty when there is none.
std::string_view Member(std::string_view answer, std::string_view member);

}  // namespace gatewright::bench
