// server/api/conditions.h: ETag, If-None-Match and If-Match as RFC 9110 says. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "server/api/checked.h"

namespace gatewright::api {

struct EntityTag {
  bool is_weak = false;
  std::string_view value;  // without quotes
};

// One If-Match or If-None-Match header. `any` is "*".
struct EntityTags {
  bool any = false;
  std::vector<EntityTag> tags;
};

// Nothing when the request does not have the header; 400 when it is malformed.
Checked<std::optional<EntityTags>> ReadEntityTags(const http::Request& request,
                                                  std::string_view header);

std::string RunTag(RunId run, Sequence version);  // "7-3" with its quotes
// A weak tag over the bytes of a list.
std::string BodyTag(std::string_view body);

// The versions of `run` that the strong tags name.
std::vector<Sequence> VersionsOf(const EntityTags& tags, RunId run);

// Adds ETag; empties the response to a 304 when the caller has it already.
http::Response WithTag(const http::Request& request, http::Response response, std::string tag);

}  // namespace gatewright::api
