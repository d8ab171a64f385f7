#include "server/api/identity.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/api/problems.h"
#include "server/http/text.h"

namespace gatewright::api {
namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::size_t kMaxListed = 64;  // roles, and groups
constexpr std::string_view kExpected =
    "expected the form 'alice; roles=qa,devops; groups=sre': a name, then optionally roles and "
    "groups; names are 1 to 128 of A-Z a-z 0-9 . _ @ : + -";

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._@:+-").find(c) != std::string_view::npos;
  });
}

http::Response Malformed(std::string_view what) {
  return http::Problem(400, "invalid_actor",
                       fmt::format("{}: {}; {}", kActorHeader, what, kExpected));
}

// The next piece of `text` up to `separator`, without blanks around it.
std::string_view TakePiece(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view piece = http::TrimBlanks(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

// False when a name is malformed or there are too many.
bool ReadNames(std::string_view list, std::vector<std::string>& names) {
  if (list.empty()) return true;
  if (list.back() == ',') return false;
  while (!list.empty()) {
    const std::string_view name = TakePiece(list, ',');
    if (!IsName(name) || names.size() == kMaxListed) return false;
    names.emplace_back(name);
  }
  return true;
}

}  // namespace

Checked<core::Principal> ParseActor(std::string_view header) {
  core::Principal principal;
  const std::string_view name = TakePiece(header, ';');
  if (!IsName(name)) return Malformed("the name is missing or malformed");
  // Ids with a prefix belong to the engine: "policy:low-risk", "timer:…".
  for (const std::string_view prefix : {"policy:", "timer:", "engine:"}) {
    if (name.starts_with(prefix)) return Malformed("names of that prefix are the engine's own");
  }
  principal.id = PrincipalId(name);
  bool has_roles = false;
  bool has_groups = false;
  while (!header.empty()) {
    std::string_view value = TakePiece(header, ';');
    const std::string_view key = TakePiece(value, '=');
    bool& seen = key == "roles" ? has_roles : has_groups;
    if (key != "roles" && key != "groups") return Malformed("only roles and groups are known");
    if (seen) return Malformed("roles and groups may be given once each");
    seen = true;
    if (!ReadNames(value, key == "roles" ? principal.roles : principal.groups)) {
      return Malformed("a role or group is malformed, or there are more than 64");
    }
  }
  return principal;
}

Checked<core::Principal> CallerOf(const http::Request& request) {
  if (request.context) return *static_cast<const core::Principal*>(request.context.get());
  const std::size_t count = request.Count(kActorHeader);
  if (count > 1) return Malformed("the header was sent more than once");
  if (count == 1) return ParseActor(request.Get(kActorHeader));
  core::Principal everybody;
  everybody.id = PrincipalId("dev");
  everybody.is_everybody = true;
  return everybody;
}

}  // namespace gatewright::api
