#include "engine/runtime/retry_times.h"

#include <algorithm>
#include <array>

namespace gatewright::runtime {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<Duration, kMostTries - 1> kWaits = {
    seconds{5}, minutes{5}, minutes{30}, hours{2},  hours{5},
    hours{10},  hours{14},  hours{20},   hours{24},
};
constexpr double kSpread = 0.1;
constexpr Duration kFirstPause = seconds{5};
constexpr Duration kLongestPause = minutes{5};

}  // namespace

std::optional<Duration> WaitAfter(std::int64_t tries, double chance, Duration wished) {
  if (tries < 1) return Duration{0};
  if (tries >= kMostTries) return std::nullopt;
  const Duration usual = kWaits[static_cast<std::size_t>(tries) - 1];
  const auto extra = static_cast<double>(usual.count()) * kSpread * chance;
  return std::max(usual + Duration{static_cast<Duration::rep>(extra)}, wished);
}

Duration PauseAfter(std::int64_t failures, Duration wished) {
  Duration pause = failures < 1 ? Duration{0} : kFirstPause;
  for (std::int64_t i = 1; i < failures && pause < kLongestPause; ++i) pause *= 2;
  return std::max(std::min(pause, kLongestPause), wished);
}

}  // namespace gatewright::runtime
