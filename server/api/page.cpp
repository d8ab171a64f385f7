// The operator's page (web/): one document for every screen, and the files it is made of. They were
// packed by web/build.mjs and are part of the program: no file system, no outside address. What can
// be done is asked of the API by the page; nothing is decided here.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <memory>
#include <string>

#include "engine/base/embedded.h"
#include "server/api/conditions.h"
#include "server/api/problems.h"
#include "server/api/resources.h"
#include "server/http/text.h"

namespace gatewright::api {
namespace {

// The screens' addresses: the page itself knows which is which.
constexpr std::array<std::string_view, 12> kScreens = {
    "/",      "/runs",      "/runs/:id", "/new",        "/workflows", "/workflows/:name",
    "/locks", "/calendars", "/plugins",  "/deliveries", "/numbers",   "/system",
};

// Nothing inline, nothing from elsewhere, in nobody's frame. The icon with the count is a data:
// image.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

struct PageFile {
  std::string content_type;
  std::string digest;
  std::shared_ptr<const std::string> bytes;
  std::shared_ptr<const std::string> gzip;  // null: not worth it
};

std::string_view Embedded(std::string_view name) {
  for (const EmbeddedFile& file : PageFiles()) {
    if (file.name == name) return file.bytes;
  }
  return {};
}

std::string_view NextField(std::string_view& line) {
  const std::size_t end = std::min(line.find('\t'), line.size());
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return field;
}

std::size_t NextNumber(std::string_view& line) {
  const std::string_view field = NextField(line);
  std::size_t number = 0;
  std::from_chars(field.data(), field.data() + field.size(), number);
  return number;
}

// Offset and size of a piece of `pack`; null when it is empty.
std::shared_ptr<const std::string> NextPiece(std::string_view& line, std::string_view pack) {
  const std::size_t offset = NextNumber(line);
  const std::size_t size = NextNumber(line);
  if (size == 0) return nullptr;
  return std::make_shared<const std::string>(pack.substr(offset, size));
}

bool AcceptsGzip(const http::Request& request) {
  bool is_accepted = false;
  http::ForEachElement(request.Get("Accept-Encoding"), [&](std::string_view item) {
    const std::string_view coding = http::TrimBlanks(item.substr(0, item.find(';')));
    if (!http::EqualsIgnoreCase(coding, "gzip")) return;
    is_accepted = item.find("q=0") == item.npos || item.find("q=0.") != item.npos;
  });
  return is_accepted;
}

// Every file by its path. Made once per Mount; immutable.
class Page {
 public:
  Page() {
    std::string_view lines = Embedded("site.txt");
    const std::string_view pack = Embedded("site.bin");
    while (!lines.empty()) {
      const std::size_t end = std::min(lines.find('\n'), lines.size());
      std::string_view line = lines.substr(0, end);
      lines.remove_prefix(std::min(end + 1, lines.size()));
      const std::string name(NextField(line));
      PageFile file;
      file.content_type = NextField(line);
      file.digest = NextField(line);
      file.bytes = NextPiece(line, pack);
      file.gzip = NextPiece(line, pack);
      files_.emplace(name, std::move(file));
    }
  }

  Outcome Serve(const http::Request& request, std::string_view name,
                std::string_view cache_control) const {
    const auto found = files_.find(name);
    if (found == files_.end()) {
      return http::Problem(404, "not_found", fmt::format("the page has no file '{}'", name));
    }
    const PageFile& file = found->second;
    const bool is_gzip = file.gzip && AcceptsGzip(request);
    http::Response response;
    response.content_type = file.content_type;
    response.shared_body = is_gzip ? file.gzip : file.bytes;
    response.headers = {{"Cache-Control", std::string(cache_control)},
                        {"Content-Security-Policy", std::string(kPolicy)},
                        {"Cross-Origin-Opener-Policy", "same-origin"},
                        {"Vary", "Accept-Encoding"}};
    if (is_gzip) response.headers.push_back({"Content-Encoding", "gzip"});
    return WithTag(request, std::move(response),
                   fmt::format("\"{}{}\"", file.digest, is_gzip ? "-gzip" : ""));
  }

 private:
  std::map<std::string, PageFile, std::less<>> files_;
};

}  // namespace

void MountPage(Routes& routes) {
  const auto page = std::make_shared<const Page>();
  const auto screen = [page](Call& call) {
    return page->Serve(call.request, "index.html", "no-cache");
  };
  for (const std::string_view path : kScreens) {
    routes.Get(std::string(path), Access::Open(), {.any_query = true}, screen);
  }
  // Their names change with their content.
  routes.Get("/assets/:file", Access::Open(), {}, [page](Call& call) {
    return page->Serve(call.request, fmt::format("assets/{}", call.request.Param("file")),
                       "public, max-age=31536000, immutable");
  });
}

}  // namespace gatewright::api
