// server/api/body.h: the body of a request as a checked value: its Content-Type, its JSON, its
// members. Pure; any thread.
#pragma once

#include <span>
#include <string_view>

#include "engine/codec/requests.h"
#include "server/api/checked.h"
#include "server/api/problems.h"

namespace gatewright::api {

// 415 when a body that is not empty is of a type that `Accepts` none of: application/json and
// application/*+json always are.
Outcome RefuseMediaType(const http::Request& request,
                        std::span<const std::string_view> also_accepted = {});

// `read` is one of codec's Read…Body functions.
template <class Read>
auto ReadBody(const http::Request& request, Read read)
    -> Checked<decltype(read(std::string_view()).value().value)> {
  if (auto refusal = RefuseMediaType(request)) return *std::move(refusal);
  auto reading = read(std::string_view(request.body));
  if (!reading) return http::Problem(400, "malformed_json", reading.error().message);
  if (!reading->problems.empty()) return Invalid(reading->problems);
  return std::move(reading->value);
}

}  // namespace gatewright::api
