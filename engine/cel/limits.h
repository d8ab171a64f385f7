// engine/cel/limits.h: how large an expression and its work may get. They are far beyond what a
// person writes, and far below what could hurt the server.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gatewright::cel {

constexpr std::size_t kMaxExpressionBytes = 64 * 1024;
// Of brackets and calls within each other, and of operators within operators. The recursion of the
// parser, the checker and the evaluator is bounded by it.
constexpr int kMaxDepth = 64;
constexpr std::uint64_t kDefaultCostLimit = 10'000;
// Of one list, map or text that an evaluation makes; see Value::weight().
constexpr std::uint64_t kMaxWeight = 100'000;
constexpr std::size_t kMaxPatternBytes = 1'024;
constexpr std::int64_t kMaxPatternMemory = 256 * 1024;
constexpr std::size_t kMaxTraceEntries = 100;
constexpr std::size_t kMaxTraceBytes = 200;
constexpr std::size_t kMaxProblems = 10;  // reported for one expression

}  // namespace gatewright::cel
