// engine/base/ids.h: names and numbers that must not be mixed up each have a type of their own.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace gatewright {

template <class Tag>
struct Name {
  std::string value;

  Name() = default;
  explicit Name(std::string text) : value(std::move(text)) {}
  explicit Name(std::string_view text) : value(text) {}
  explicit Name(const char* text) : value(text) {}
  bool empty() const { return value.empty(); }
  auto operator<=>(const Name&) const = default;
};

template <class Tag>
struct Number {
  std::int64_t value = 0;

  Number() = default;
  explicit constexpr Number(std::int64_t number) : value(number) {}
  auto operator<=>(const Number&) const = default;
};

using RunId = Number<struct RunIdTag>;  // 1, 2, 3 …; 0 is no run
using Position =
    Number<struct PositionTag>;  // place of a log entry, over all runs; gap-free from 1
using Sequence = Number<struct SequenceTag>;  // place of a log entry within its run, from 1
using Epoch = Number<struct EpochTag>;        // which opening of a gate, from 1
using AttemptNumber = Number<struct AttemptNumberTag>;  // within a run, from 1

using WorkflowName = Name<struct WorkflowNameTag>;
using WorkflowVersion = Name<struct WorkflowVersionTag>;  // content hash, hex
using StageName = Name<struct StageNameTag>;
using RuleId = Name<struct RuleIdTag>;
using PrincipalId = Name<struct PrincipalIdTag>;

}  // namespace gatewright

template <class Tag>
struct std::hash<gatewright::Name<Tag>> {
  std::size_t operator()(const gatewright::Name<Tag>& name) const noexcept {
    return std::hash<std::string>{}(name.value);
  }
};

template <class Tag>
struct std::hash<gatewright::Number<Tag>> {
  std::size_t operator()(const gatewright::Number<Tag>& number) const noexcept {
    return std::hash<std::int64_t>{}(number.value);
  }
};
