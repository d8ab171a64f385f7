// tests/codec/filled.h: a value of any plain struct with every member set, each to something else.
// A member that is added later is filled too, without anybody thinking of it.
#pragma once

#include <boost/pfr.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"

namespace gatewright::codec {

class Filler {
 public:
  void Fill(bool& flag) { flag = true; }
  // A number as text is text, and JSON in its canonical form as well.
  void Fill(std::string& text) { text = std::to_string(++count_); }
  void Fill(Time& time) { time += std::chrono::microseconds{++count_}; }
  template <class Tag>
  void Fill(Name<Tag>& name) {
    Fill(name.value);
  }
  template <class Tag>
  void Fill(Number<Tag>& number) {
    number.value = ++count_;
  }
  template <class T>
  void Fill(std::optional<T>& value) {
    Fill(value.emplace());
  }
  template <class T>
  void Fill(std::vector<T>& values) {
    for (int i = 0; i < 2; ++i) Fill(values.emplace_back());
  }
  template <class First, class Second>
  void Fill(std::pair<First, Second>& pair) {
    Fill(pair.first);
    Fill(pair.second);
  }
  template <class T>
  void Fill(T& value) {
    if constexpr (std::is_enum_v<T>) {
      // Its second enumerator, or its first where the second is the default.
      value = static_cast<T>(static_cast<int>(value) == 2 ? 1 : 2);
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(++count_);
    } else {
      boost::pfr::for_each_field(value, [this](auto& field) { Fill(field); });
    }
  }

 private:
  int count_ = 100;
};

template <class T>
T Filled() {
  T value;
  Filler().Fill(value);
  return value;
}

}  // namespace gatewright::codec
