// plugins/host/text.h: what a plugin says, made fit to store and to show. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "plugins/sdk/gatewright/plugin.h"

namespace gatewright::host {

constexpr std::size_t kMaxText = 4 * 1024;
constexpr std::size_t kMaxJson = 64 * 1024;

inline gw_string Borrow(std::string_view text) { return {text.data(), text.size()}; }
// A null pointer reads as the empty text, whatever size stands beside it.
inline std::string_view View(gw_string text) {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}

// At most `limit` bytes, cut between characters; every byte that is not UTF-8 becomes U+FFFD.
std::string CleanText(std::string_view text, std::size_t limit = kMaxText);

// The same as one line: control characters are written as \n, \t or \xNN, so that a message cannot
// pretend to be a second log line.
std::string CleanLine(std::string_view text, std::size_t limit = kMaxText);

// Empty when `json` is empty or a JSON object of at most kMaxJson bytes, else what is wrong with
// it.
std::string FindJsonObjectProblem(std::string_view json);

}  // namespace gatewright::host
