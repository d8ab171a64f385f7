// engine/cel/number_text.h: numbers from text and back, the same in every locale. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatewright::cel {

// Digits with an optional sign, decimal only. Empty when it is something else or does not fit.
std::optional<std::int64_t> ParseInt(std::string_view text);
std::optional<std::uint64_t> ParseUint(std::string_view text, int base = 10);
// "-1.5e3", "NaN", "Infinity", "-Infinity". Too small is zero, too big is empty.
std::optional<double> ParseDouble(std::string_view text);

// The shortest text that reads back as the same number: "0.1", "1e+100", "NaN", "Infinity".
std::string NumberText(double number);

}  // namespace gatewright::cel
