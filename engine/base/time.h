// engine/base/time.h: wall time with microseconds, as stored and as shown (RFC 3339, UTC).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatewright {

using Duration = std::chrono::microseconds;
using Time = std::chrono::sys_time<Duration>;

inline std::int64_t ToMicros(Time time) { return time.time_since_epoch().count(); }
inline Time FromMicros(std::int64_t micros) { return Time{Duration{micros}}; }

// "2026-03-01T09:30:00.250Z"; milliseconds, or microseconds where there are some; always UTC.
std::string FormatTime(Time time);
void AppendTime(std::string& out, Time time);

// The reverse; accepts 0 to 6 fraction digits and an offset. Empty when it is not a time.
std::optional<Time> ParseTime(std::string_view text);

// "15m", "7d", "1h30m", "250ms"; units ms s m h d w, each at most once and in falling order.
// Empty when it is none, or over a hundred years.
std::optional<Duration> ParseDuration(std::string_view text);
std::string FormatDuration(Duration duration);

}  // namespace gatewright
