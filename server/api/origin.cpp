#include "server/api/origin.h"

#include <fmt/format.h>

#include "server/http/problem.h"
#include "server/http/text.h"

namespace gatewright::api {
namespace {

// "example.org:8443" of "https://example.org:8443/approvals"; empty when there is none.
std::string_view AuthorityOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == url.npos) return {};
  url.remove_prefix(scheme + 3);
  return url.substr(0, url.find('/'));
}

}  // namespace

std::optional<http::Response> RefuseOrigin(const http::Request& request,
                                           std::string_view public_url) {
  // Only over https and on this machine do browsers say it so plainly.
  const std::string_view site = request.Get("Sec-Fetch-Site");
  if (site == "same-origin" || site == "none") return std::nullopt;
  const std::string_view origin = request.Get("Origin");
  if (site.empty() && origin.empty()) return std::nullopt;
  const std::string_view from = AuthorityOf(origin);
  const auto is_ours = [&](std::string_view authority) {
    return !authority.empty() && http::EqualsIgnoreCase(from, authority);
  };
  const bool is_own_page = site.empty() && request.Count("Origin") == 1 &&
                           (is_ours(request.Get("Host")) || is_ours(AuthorityOf(public_url)));
  if (is_own_page) return std::nullopt;
  return http::Problem(
      403, "cross_origin",
      fmt::format("A browser sent this for a page of another address (Origin: {}); expected a page "
                  "of this server, which server.publicUrl names, or another program.",
                  origin.empty() ? "not said" : origin.substr(0, 256)));
}

}  // namespace gatewright::api
