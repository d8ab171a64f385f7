#include "server/api/body.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

#include "server/http/text.h"

namespace gatewright::api {
namespace {

// Type and subtype in lower case, without parameters.
std::string MediaType(std::string_view header) {
  std::string type(http::TrimBlanks(header.substr(0, header.find(';'))));
  std::ranges::transform(type, type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return type;
}

bool IsJson(std::string_view type) {
  return type == "application/json" ||
         (type.starts_with("application/") && type.ends_with("+json"));
}

}  // namespace

Outcome RefuseMediaType(const http::Request& request,
                        std::span<const std::string_view> also_accepted) {
  if (request.body.empty()) return std::nullopt;
  const std::string type = MediaType(request.Get("Content-Type"));
  if (IsJson(type)) return std::nullopt;
  if (std::ranges::find(also_accepted, type) != also_accepted.end()) return std::nullopt;
  std::string accepted = "application/json";
  for (const std::string_view other : also_accepted) accepted += fmt::format(", {}", other);
  return http::Problem(415, "unsupported_media_type",
                       fmt::format("expected Content-Type {}, found {}", accepted,
                                   type.empty() ? "none" : "'" + type + "'"));
}

}  // namespace gatewright::api
