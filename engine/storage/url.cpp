// engine/storage/url.cpp: reads a store URL; every refusal shows one that works.
#include "engine/storage/url.h"

#include <fmt/format.h>

namespace gatewright::storage {
namespace {

constexpr std::string_view kExample =
    "Example: sqlite:///var/lib/gatewright/gatewright.db, or sqlite://data/gatewright.db for a "
    "path relative to the working folder.";

Error Invalid(std::string_view found, std::string_view problem) {
  return Error{ErrorCode::kInvalid,
               fmt::format("Database URL '{}': {}. {}", found, problem, kExample)};
}

// A URL may carry a password; it must not reach a log.
std::string WithoutCredentials(std::string_view url) {
  const auto at = url.rfind('@');
  const auto slashes = url.find("://");
  if (at == std::string_view::npos || slashes == std::string_view::npos) return std::string(url);
  return fmt::format("{}://…{}", url.substr(0, slashes), url.substr(at));
}

}  // namespace

Result<std::string> ParseStoreUrl(std::string_view url) {
  constexpr std::string_view kSqlite = "sqlite://";
  if (url.starts_with("postgresql:") || url.starts_with("postgres:")) {
    return Invalid(WithoutCredentials(url), "this version speaks SQLite only, not PostgreSQL");
  }
  if (!url.starts_with(kSqlite)) {
    return Invalid(WithoutCredentials(url), "expected it to begin with sqlite://");
  }
  const std::string_view path = url.substr(kSqlite.size());
  if (path.empty()) return Invalid(url, "expected the path of a file after sqlite://");
  if (path.back() == '/') return Invalid(url, "expected the path of a file, found a folder");
  if (path.find('?') != std::string_view::npos) {
    return Invalid(url, "options after '?' are not known; set them in server.yaml");
  }
  if (path.find('\0') != std::string_view::npos) {
    return Invalid("sqlite://…", "a path cannot contain a zero byte");
  }
  if (path == ":memory:") {
    return Invalid(url, "a database in memory would lose every run; name a file");
  }
  return std::string(path);
}

}  // namespace gatewright::storage
