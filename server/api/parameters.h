// server/api/parameters.h: path and query parameters as values, each refused with a sentence that
// says what was expected. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "server/api/checked.h"

namespace gatewright::api {

// The path parameter as a canonical positive integer ("1", not "01"); anything else is a 404.
Checked<RunId> PathRun(const http::Request& request);
// Of something else than a run: `what` is its name in the 404.
Checked<std::int64_t> PathNumber(const http::Request& request, std::string_view what);
Checked<AttemptNumber> PathAttempt(const http::Request& request);

// Digits only, without a sign or leading zeros.
std::optional<std::int64_t> ParseCanonicalInteger(std::string_view text);

struct IntegerRange {
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  std::int64_t usual = 0;  // when the parameter is not given
};
Checked<std::int64_t> QueryInteger(const http::Request& request, std::string_view name,
                                   IntegerRange range);
// "" when it was not given; at most 256 characters.
Checked<std::string> QueryText(const http::Request& request, std::string_view name);
Checked<bool> QueryFlag(const http::Request& request, std::string_view name);
Checked<Duration> QueryDuration(const http::Request& request, std::string_view name, Duration usual,
                                Duration longest);

http::Response BadParameter(std::string_view name, std::string_view expected,
                            std::string_view found);

}  // namespace gatewright::api
