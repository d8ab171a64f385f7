// tests/cel/random_expression.h: expressions out of a seed, most of them well typed.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace gatewright::cel::testing {

class RandomExpression {
 public:
  explicit RandomExpression(unsigned seed) : random_(seed) {}

  // Over the variables of second-opinion/variables.json.
  std::string Make();

 private:
  enum class Wanted { kBool, kInt, kUint, kDouble, kString, kBytes, kList, kMap, kTime, kSpan };

  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  std::string Pick(const std::vector<std::string>& choices) {
    return choices[static_cast<std::size_t>(Below(static_cast<int>(choices.size())))];
  }
  Wanted Any() { return static_cast<Wanted>(Below(10)); }

  std::string Of(Wanted wanted, int depth);
  std::string Leaf(Wanted wanted);
  std::string Branch(Wanted wanted, int depth);
  std::string Bool(int depth);
  std::string Int(int depth);
  std::string Text(int depth);
  std::string List(int depth);
  std::string Local() { return std::string(1, static_cast<char>('x' + Below(2))); }

  std::mt19937 random_;
  std::vector<std::string> locals_;  // of the macros around
};

}  // namespace gatewright::cel::testing
