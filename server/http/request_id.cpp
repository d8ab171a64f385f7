#include "server/http/request_id.h"

#include <algorithm>
#include <ctime>
#include <random>

namespace gatewright::http {
namespace {

constexpr std::size_t kMaxRequestId = 128;
constexpr std::size_t kUuidSize = 36;

void PutHex(char* out, std::uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value >>= 4) out[i] = "0123456789abcdef"[value & 15];
}

}  // namespace

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRequestId &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

RequestIds::RequestIds() {
  std::random_device device;
  state_ = (static_cast<std::uint64_t>(device()) << 32) | device();
}

// splitmix64.
std::uint64_t RequestIds::Random() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

void RequestIds::Make(std::string& out) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  const auto millis = static_cast<std::uint64_t>(now.tv_sec) * 1000 +
                      static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
  const std::uint64_t a = Random();
  const std::uint64_t b = Random();
  out.assign(kUuidSize, '-');
  PutHex(&out[0], millis >> 16, 8);
  PutHex(&out[9], millis, 4);
  PutHex(&out[14], 0x7000 | (a & 0x0FFF), 4);
  PutHex(&out[19], 0x8000 | ((a >> 16) & 0x3FFF), 4);
  PutHex(&out[24], b, 12);
}

}  // namespace gatewright::http
