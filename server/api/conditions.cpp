#include "server/api/conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "server/api/parameters.h"
#include "server/http/problem.h"
#include "server/http/text.h"

namespace gatewright::api {
namespace {

bool IsTagCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7F);
}

// Takes one entity tag from the front; nothing when there is none.
std::optional<EntityTag> TakeTag(std::string_view& text) {
  EntityTag tag;
  if (text.starts_with("W/")) {
    tag.is_weak = true;
    text.remove_prefix(2);
  }
  if (!text.starts_with('"')) return std::nullopt;
  const std::size_t end = text.find('"', 1);
  if (end == std::string_view::npos) return std::nullopt;
  tag.value = text.substr(1, end - 1);
  if (!std::ranges::all_of(tag.value, IsTagCharacter)) return std::nullopt;
  text = http::TrimBlanks(text.substr(end + 1));
  return tag;
}

std::optional<EntityTags> ParseTags(std::string_view text) {
  EntityTags tags;
  if (text == "*") {
    tags.any = true;
    return tags;
  }
  while (true) {
    const auto tag = TakeTag(text);
    if (!tag) return std::nullopt;
    tags.tags.push_back(*tag);
    if (text.empty()) return tags;
    if (text.front() != ',') return std::nullopt;
    text = http::TrimBlanks(text.substr(1));
  }
}

}  // namespace

Checked<std::optional<EntityTags>> ReadEntityTags(const http::Request& request,
                                                  std::string_view header) {
  const std::size_t count = request.Count(header);
  if (count == 0) return std::optional<EntityTags>();
  auto tags = count == 1 ? ParseTags(request.Get(header)) : std::nullopt;
  if (tags) return std::optional(*std::move(tags));
  return http::Problem(
      400, "invalid_header",
      fmt::format("{}: expected * or entity tags such as \"7-3\", once, found '{}'", header,
                  request.Get(header)));
}

std::string RunTag(RunId run, Sequence version) {
  return fmt::format("\"{}-{}\"", run.value, version.value);
}

std::string BodyTag(std::string_view body) {
  return fmt::format("W/\"{:x}-{:x}\"", std::hash<std::string_view>{}(body), body.size());
}

std::vector<Sequence> VersionsOf(const EntityTags& tags, RunId run) {
  std::vector<Sequence> versions;
  for (const EntityTag& tag : tags.tags) {
    const std::size_t dash = tag.value.find('-');
    if (tag.is_weak || dash == std::string_view::npos) continue;
    const auto id = ParseCanonicalInteger(tag.value.substr(0, dash));
    const auto version = ParseCanonicalInteger(tag.value.substr(dash + 1));
    if (id == run.value && version) versions.emplace_back(*version);
  }
  return versions;
}

http::Response WithTag(const http::Request& request, http::Response response, std::string tag) {
  auto known = ReadEntityTags(request, "If-None-Match");
  if (!known.has_value()) return std::move(known).error();
  const auto tags = std::move(known).value();
  std::string_view value = tag;
  if (value.starts_with("W/")) value.remove_prefix(2);
  value = value.substr(1, value.size() - 2);
  const bool is_known =
      tags &&
      (tags->any || std::ranges::find(tags->tags, value, &EntityTag::value) != tags->tags.end());
  if (is_known) {
    response.status = 304;
    response.body.clear();
    response.shared_body.reset();
  }
  response.headers.push_back({"ETag", std::move(tag)});
  return response;
}

}  // namespace gatewright::api
