// engine/base/edit_distance.h: the nearest known word to a mistyped one, for "Did you mean …?".
// Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatewright {

// How many insertions, deletions, replacements and swaps of neighbours turn `a` into `b`.
// Letters differing only in case count as half a mistake, rounded down over the whole word.
std::size_t EditDistance(std::string_view a, std::string_view b);

// The nearest candidate when it is near enough to be a typing mistake, the first of equals.
std::optional<std::string> DidYouMean(std::string_view word, std::span<const std::string> known);
std::optional<std::string> DidYouMean(std::string_view word,
                                      std::span<const std::string_view> known);

// " Did you mean 'rules'?", or nothing: to be appended to a sentence.
std::string DidYouMeanSuffix(std::string_view word, std::span<const std::string> known);
std::string DidYouMeanSuffix(std::string_view word, std::span<const std::string_view> known);

}  // namespace gatewright
