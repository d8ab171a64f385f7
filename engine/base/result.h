// engine/base/result.h: a value or an Error. Spelled like std::expected, so that an alias can
// replace it once the compiler has one. Every port answers with it; nothing throws across a port.
#pragma once

#include <utility>
#include <variant>

#include "engine/base/error.h"

namespace gatewright {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  // By value, so that `for (x : *F())` does not walk over something that is gone.
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT: implicit

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const& { return error_; }
  Error&& error() && { return std::move(error_); }

 private:
  Error error_;
  bool failed_ = false;
};

}  // namespace gatewright

#define GW_CONCAT_INNER(a, b) a##b
#define GW_CONCAT(a, b) GW_CONCAT_INNER(a, b)

// GW_TRY(name, expression): binds the value, or returns the error to our caller.
#define GW_TRY(name, expression)                               \
  auto GW_CONCAT(gw_result_, __LINE__) = (expression);         \
  if (!GW_CONCAT(gw_result_, __LINE__).has_value())            \
    return std::move(GW_CONCAT(gw_result_, __LINE__)).error(); \
  auto name = std::move(GW_CONCAT(gw_result_, __LINE__)).value()

// GW_CHECK(expression): the same for a Result<void>.
#define GW_CHECK(expression) \
  if (auto gw_checked = (expression); !gw_checked.has_value()) return std::move(gw_checked).error()
