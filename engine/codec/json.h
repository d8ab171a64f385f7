// engine/codec/json.h: strict JSON in, compact JSON out. Boost.JSON stays behind it where it can.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace gatewright::codec {

constexpr std::size_t kMaxJsonDepth = 32;

// Refuses duplicate keys, non-finite numbers (Boost reads 1e400 as infinity), invalid UTF-8,
// trailing bytes and depth over kMaxJsonDepth, each with its own sentence and byte offset.
Result<boost::json::value> ParseJson(std::string_view text);

// Appends `text` as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD.
void AppendJsonString(std::string& out, std::string_view text);

// Boost's serializer, with numbers written the way JSON readers expect (0.1, never 1E-1).
std::string ToJson(const boost::json::value& value);

// RFC 8785: sorted keys (by UTF-16 code units), shortest numbers, no white space. One deliberate
// difference: an integer beyond 2^53 keeps all its digits, so that two of them never look equal.
std::string CanonicalJson(const boost::json::value& value);

}  // namespace gatewright::codec
