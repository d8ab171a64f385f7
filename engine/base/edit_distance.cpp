#include "engine/base/edit_distance.h"

#include <algorithm>

namespace gatewright {
namespace {

// Longer words are not typing mistakes of ours, and the table grows with the product of both.
constexpr std::size_t kMaxWord = 64;

constexpr std::size_t kCost = 2;  // of a whole mistake; a wrong case costs 1

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t ReplaceCost(char a, char b) {
  if (a == b) return 0;
  return Lower(a) == Lower(b) ? 1 : kCost;
}

template <class Text>
std::optional<std::string> Nearest(std::string_view word, std::span<const Text> known) {
  if (word.empty() || word.size() > kMaxWord) return std::nullopt;
  const std::size_t near_enough = std::max<std::size_t>(1, word.size() / 3);
  std::size_t best = near_enough + 1;
  std::optional<std::string> found;
  for (const std::string_view candidate : known) {
    if (candidate.size() > kMaxWord) continue;
    const std::size_t distance = EditDistance(word, candidate);
    // A word all of whose letters would change is another word, however short it is.
    if (distance >= best || distance >= std::max(word.size(), candidate.size())) continue;
    best = distance;
    found = std::string(candidate);
  }
  return found;
}

template <class Text>
std::string Suffix(std::string_view word, std::span<const Text> known) {
  const auto nearest = Nearest(word, known);
  return nearest ? " Did you mean '" + *nearest + "'?" : std::string();
}

}  // namespace

std::size_t EditDistance(std::string_view a, std::string_view b) {
  // Three rows of the table of optimal string alignment: two back is needed for swaps.
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j * kCost;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i * kCost;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min(
          {last[j] + kCost, row[j - 1] + kCost, last[j - 1] + ReplaceCost(a[i - 1], b[j - 1])});
      const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swap) row[j] = std::min(row[j], before[j - 2] + kCost);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()] / kCost;
}

std::optional<std::string> DidYouMean(std::string_view word, std::span<const std::string> known) {
  return Nearest(word, known);
}
std::optional<std::string> DidYouMean(std::string_view word,
                                      std::span<const std::string_view> known) {
  return Nearest(word, known);
}
std::string DidYouMeanSuffix(std::string_view word, std::span<const std::string> known) {
  return Suffix(word, known);
}
std::string DidYouMeanSuffix(std::string_view word, std::span<const std::string_view> known) {
  return Suffix(word, known);
}

}  // namespace gatewright
