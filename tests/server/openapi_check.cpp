#include "tests/server/openapi_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

#include "engine/base/embedded.h"
#include "engine/codec/json.h"

namespace gatewright::testing {
namespace {

namespace json = boost::json;

// References as they look once the schemas are the `$defs` of a schema of their own.
json::value ReadDocument() {
  for (const EmbeddedFile& file : DocsFiles()) {
    if (file.name != "openapi.json") continue;
    std::string text(file.bytes);
    constexpr std::string_view kOld = "#/components/schemas/";
    for (std::size_t at = text.find(kOld); at != std::string::npos; at = text.find(kOld, at)) {
      text.replace(at, kOld.size(), "#/$defs/");
    }
    return json::parse(text);
  }
  throw std::runtime_error("openapi.json is not built in");
}

std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    segments.push_back(path.substr(0, path.find('/')));
    path.remove_prefix(segments.back().size());
  }
  return segments;
}

bool IsParameter(std::string_view segment) { return segment.starts_with('{'); }

bool Matches(std::string_view pattern, std::string_view path) {
  return std::ranges::equal(Segments(pattern), Segments(path), [](auto wanted, auto found) {
    return IsParameter(wanted) ? !found.empty() : wanted == found;
  });
}

std::string Lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

}  // namespace

OpenApiCheck::OpenApiCheck() : document_(ReadDocument()) {}

std::set<std::string> OpenApiCheck::Operations() const {
  std::set<std::string> operations;
  for (const auto& path : document_.at("paths").get_object()) {
    for (const auto& method : path.value().get_object()) {
      std::string upper(method.key());
      std::ranges::transform(upper, upper.begin(), [](char c) { return c - 'a' + 'A'; });
      std::string pattern;
      for (const std::string_view segment : Segments(path.key())) {
        pattern += '/';
        pattern += IsParameter(segment) ? ":" + std::string(segment.substr(1, segment.size() - 2))
                                        : std::string(segment);
      }
      operations.insert(upper + " " + pattern);
    }
  }
  return operations;
}

// A path without parameters wins over one with.
const json::object* OpenApiCheck::FindPath(std::string_view path) const {
  const json::object* found = nullptr;
  for (const auto& entry : document_.at("paths").get_object()) {
    if (entry.key() == path) return &entry.value().get_object();
    if (Matches(entry.key(), path)) found = &entry.value().get_object();
  }
  return found;
}

const codec::JsonSchema& OpenApiCheck::Compiled(const json::value& schema) {
  const std::string key = json::serialize(schema);
  const auto known = compiled_.find(key);
  if (known != compiled_.end()) return known->second;
  json::object root = schema.get_object();
  root["$defs"] = document_.at("components").at("schemas");
  auto compiled = codec::JsonSchema::Compile(json::value(std::move(root)));
  if (!compiled) throw std::runtime_error(key + ": " + compiled.error().message);
  return compiled_.emplace(key, *std::move(compiled)).first->second;
}

std::string OpenApiCheck::CheckBody(const json::object& content, const http::RawAnswer& answer) {
  const std::string_view header = answer.Get("Content-Type");
  const std::string type(header.substr(0, header.find(';')));
  const auto* media = content.if_contains(type);
  if (media == nullptr) return "undocumented content type '" + type + "'";
  if (!type.ends_with("json")) return {};
  const auto body = codec::ParseJson(answer.body);
  if (!body) return "the body is not JSON: " + body.error().message;
  for (const auto& problem : Compiled(media->at("schema")).Validate(*body)) {
    return fmt::format("{}: {}", problem.pointer, problem.message);
  }
  return {};
}

std::string OpenApiCheck::Check(std::string_view method, std::string_view target,
                                const http::RawAnswer& answer) {
  const std::string_view path = target.substr(0, target.find('?'));
  const json::object* resource = FindPath(path);
  const json::value* operation =
      resource == nullptr ? nullptr
                          : resource->if_contains(Lower(method == "HEAD" ? "GET" : method));
  // What is not in the document may only be refused.
  const json::value* response = nullptr;
  if (operation != nullptr) {
    const json::object& responses = operation->at("responses").get_object();
    response = responses.if_contains(fmt::to_string(answer.status));
    if (response == nullptr && answer.status >= 400) response = responses.if_contains("default");
  } else if (answer.status >= 400) {
    response = &document_.at("components").at("responses").at("Other");
  }
  if (response == nullptr) return fmt::format("status {} is not described", answer.status);
  if (const auto* reference = response->get_object().if_contains("$ref")) {
    std::string name(std::string_view(reference->get_string()));
    name = name.substr(name.rfind('/') + 1);
    response = &document_.at("components").at("responses").at(name);
  }
  const auto* content = response->get_object().if_contains("content");
  if (content == nullptr) return answer.body.empty() ? "" : "there should be no body";
  if (method == "HEAD") return {};
  return CheckBody(content->get_object(), answer);
}

}  // namespace gatewright::testing
