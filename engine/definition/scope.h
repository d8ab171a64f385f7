// engine/definition/scope.h: reading typed values out of YAML nodes. Whatever is wrong is reported
// with its place and reading goes on, so that one pass finds every mistake. One thread.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/time.h"
#include "engine/definition/diagnostic.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

// What a name may look like. `words` says it to people.
struct NameRule {
  bool allows_capitals = true;
  std::string_view also_allowed;  // after the first character, besides letters and digits
  std::size_t max_length = 63;
  std::string_view words;
};

// [a-z][a-z0-9-]{0,62}
inline constexpr NameRule kWorkflowNameRule = {
    false, "-", 63, "a small letter, then up to 62 small letters, digits or '-'"};
// [A-Za-z][A-Za-z0-9_-]{0,62}: stages, states, rules, ids
inline constexpr NameRule kIdentifierRule = {true, "_-", 63,
                                             "a letter, then up to 62 letters, digits, '_' or '-'"};
// [A-Za-z][A-Za-z0-9_.-]{0,126}
inline constexpr NameRule kPluginNameRule = {
    true, "_.-", 127, "a letter, then up to 126 letters, digits, '_', '.' or '-'"};

// A part of a file: where diagnostics go and what they call it.
class Scope {
 public:
  // Borrows `diagnostics` for as long as it or a scope made from it lives.
  Scope(std::string file, std::vector<Diagnostic>& diagnostics);

  Scope In(std::string_view place) const;  // "stage 'QA'", then ", gate" …

  void Report(Mark mark, std::string_view code, std::string message) const;
  void ReportNotYet(Mark mark, std::string_view what) const;

  // Each reports and answers nothing when `node` is something else. `label` is what the sentence
  // calls it, usually the key.
  std::optional<std::string> AsText(const Node& node, std::string_view label,
                                    std::size_t max_characters) const;
  std::optional<std::string> AsName(const Node& node, std::string_view label,
                                    const NameRule& rule) const;
  bool IsName(std::string_view text, Mark mark, std::string_view label, const NameRule& rule) const;
  std::optional<bool> AsBool(const Node& node, std::string_view label) const;
  std::optional<std::uint32_t> AsCount(const Node& node, std::string_view label, std::uint32_t min,
                                       std::uint32_t max) const;
  std::optional<double> AsNumber(const Node& node, std::string_view label, double min,
                                 double max) const;
  std::optional<Duration> AsDuration(const Node& node, std::string_view label, Duration min,
                                     Duration max) const;
  // The index of the word in `words`.
  std::optional<std::size_t> AsChoice(const Node& node, std::string_view label,
                                      std::span<const std::string_view> words) const;
  bool IsMap(const Node& node, std::string_view label) const;
  bool IsList(const Node& node, std::string_view label, std::size_t min,
              std::size_t max = std::numeric_limits<std::size_t>::max()) const;

  std::size_t problem_count() const { return diagnostics_->size(); }
  bool is_full() const;  // further problems are not listed

 private:
  std::string file_;
  std::string where_;
  std::vector<Diagnostic>* diagnostics_;
};

// The keys of one map. Constructing it reports every unknown and missing one.
class Fields {
 public:
  struct Keys {
    std::vector<std::string_view> required;
    std::vector<std::string_view> optional;
    std::vector<std::string_view> not_yet;  // of the grammar, but not honoured by this version
  };

  // `node` must be a map.
  Fields(const Scope& scope, const Node& node, const Keys& keys);

  const Node* Find(std::string_view key) const { return node_.Find(key); }
  const Node& node() const { return node_; }

  std::optional<std::string> Text(std::string_view key, std::size_t max_characters = 256) const;
  std::optional<std::string> Name(std::string_view key, const NameRule& rule) const;
  std::optional<bool> Bool(std::string_view key) const;
  std::optional<std::uint32_t> Count(std::string_view key, std::uint32_t min,
                                     std::uint32_t max) const;
  std::optional<double> Number(std::string_view key, double min, double max) const;
  std::optional<Duration> Time(std::string_view key, Duration min, Duration max) const;
  std::optional<std::size_t> Choice(std::string_view key,
                                    std::span<const std::string_view> words) const;
  // The node when it is there and of that kind.
  const Node* Map(std::string_view key) const;
  const Node* List(std::string_view key, std::size_t min, std::size_t max) const;

 private:
  Scope scope_;
  Node node_;
};

}  // namespace gatewright::definition
