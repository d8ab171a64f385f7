// The API's own description: /openapi.json, the page at /docs and the list of problem codes that
// every problem's `type` points to. Everything is part of the program: no outside address.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "engine/base/embedded.h"
#include "engine/codec/digest.h"
#include "server/api/conditions.h"
#include "server/api/problems.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

constexpr std::string_view kPage = "index.html";
constexpr std::string_view kVersionMark = "@VERSION@";
// Swagger UI sets style attributes and shows its icons as data: images.
constexpr std::string_view kPagePolicy =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

struct StaticFile {
  std::shared_ptr<const std::string> bytes;
  std::string content_type;
  std::string tag;
};

std::string ContentType(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".json")) return "application/json";
  if (name.ends_with(".png")) return "image/png";
  return "application/octet-stream";
}

StaticFile MakeFile(std::string_view name, std::string bytes) {
  StaticFile file;
  file.content_type = ContentType(name);
  file.tag = fmt::format("\"{}\"", codec::Sha256Hex(bytes).substr(0, 16));
  file.bytes = std::make_shared<const std::string>(std::move(bytes));
  return file;
}

// Changes with every change of any file, so that a browser never mixes two versions.
std::string VersionOfAll() {
  std::string digests;
  for (const EmbeddedFile& file : DocsFiles()) digests += codec::Sha256Hex(file.bytes);
  return codec::Sha256Hex(digests).substr(0, 12);
}

std::string Replaced(std::string text, std::string_view mark, std::string_view value) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    text.replace(at, mark.size(), value);
    at += value.size();
  }
  return text;
}

std::string ProblemsPage() {
  std::string rows;
  for (const ProblemKind& kind : ProblemKinds()) {
    rows += fmt::format("<tr id=\"{0}\"><td><code>{0}</code></td><td>{1}</td><td>{2}</td></tr>\n",
                        kind.code, kind.status, kind.meaning);
  }
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<title>Gatewright problems</title></head><body>\n<h1>Problems</h1>\n"
      "<p>Every refusal is an <code>application/problem+json</code> document (RFC 9457) with one "
      "of these codes.</p>\n<table>\n<thead><tr><th>code</th><th>status</th><th>meaning</th></tr>"
      "</thead>\n<tbody>\n{}</tbody>\n</table>\n</body></html>\n",
      rows);
}

// Every file by name. Made once per Mount; immutable.
struct StaticFiles {
  std::string version = VersionOfAll();
  std::map<std::string, StaticFile, std::less<>> by_name;

  StaticFiles() {
    for (const EmbeddedFile& file : DocsFiles()) {
      std::string bytes(file.bytes);
      if (file.name == kPage) bytes = Replaced(std::move(bytes), kVersionMark, version);
      by_name.emplace(file.name, MakeFile(file.name, std::move(bytes)));
    }
    by_name.emplace("problems.html", MakeFile("problems.html", ProblemsPage()));
  }
};

http::Response Serve(const http::Request& request, const StaticFile& file,
                     std::string_view cache_control) {
  http::Response response;
  response.content_type = file.content_type;
  response.shared_body = file.bytes;
  response.headers = {{"Cache-Control", std::string(cache_control)},
                      {"Content-Security-Policy", std::string(kPagePolicy)}};
  return WithTag(request, std::move(response), file.tag);
}

Outcome ServeAsset(const StaticFiles& files, const http::Request& request) {
  const std::string_view name = request.Param("file");
  const auto file = files.by_name.find(name);
  if (file == files.by_name.end()) {
    return http::Problem(404, "not_found", fmt::format("there is no file '{}'", name));
  }
  const bool is_versioned = request.Query("v") == files.version;
  return Serve(request, file->second,
               is_versioned ? "public, max-age=31536000, immutable" : "no-cache");
}

}  // namespace

void MountDocs(Routes& routes) {
  const auto files = std::make_shared<const StaticFiles>();
  const auto serve = [files](std::string name) {
    return [files, name = std::move(name)](Call& call) -> Outcome {
      return Serve(call.request, files->by_name.find(name)->second, "no-cache");
    };
  };
  routes.Get("/openapi.json", Access::Open(), {}, serve("openapi.json"));
  routes.Get("/docs", Access::Open(), {}, serve(std::string(kPage)));
  routes.Get("/docs/problems", Access::Open(), {}, serve("problems.html"));
  routes.Get("/docs/assets/:file", Access::Open(), {.query = {"v"}},
             [files](Call& call) { return ServeAsset(*files, call.request); });
}

}  // namespace gatewright::api
