// server/api/checked.h: a value read from a request, or the answer that refuses the request.
// Works with GW_TRY, whose error then is the answer. Plain values; any thread.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "server/http/message.h"

namespace gatewright::api {

template <class T>
class [[nodiscard]] Checked {
 public:
  Checked(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit
  Checked(http::Response refusal)                                         // NOLINT: implicit
      : state_(std::in_place_index<1>, std::move(refusal)) {}

  bool has_value() const { return state_.index() == 0; }
  T&& value() && { return std::get<0>(std::move(state_)); }
  http::Response&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, http::Response> state_;
};

// The answer to send now; nothing when the Responder was handed to somebody who answers later.
using Outcome = std::optional<http::Response>;

}  // namespace gatewright::api
