// tests/definition/mutant.h: workflow documents with a few random changes each, for tests that
// compare opinions on them. The same seed makes the same documents.
#pragma once

#include <boost/json/value.hpp>
#include <random>
#include <string>
#include <vector>

namespace gatewright::definition {

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  // `document` with one to three changes.
  boost::json::value Mutate(boost::json::value document);

 private:
  // Every value below `root`, itself included.
  static void Collect(boost::json::value& root, std::vector<boost::json::value*>& all);

  void ChangeSomething(boost::json::value& root);
  void ChangeMap(boost::json::object& map, const boost::json::value& elsewhere);
  void ChangeList(boost::json::array& list, const boost::json::value& elsewhere);
  void ChangeText(boost::json::string& text);
  boost::json::value AnyValue();
  std::string AnyKey();
  std::size_t Below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  std::mt19937 random_;
};

}  // namespace gatewright::definition
