// server/http/problem.h: errors as RFC 9457 `application/problem+json`. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.h"

namespace gatewright::http {

// One broken place of the request's body: `pointer` is a JSON pointer ("/stages/0/name").
struct FieldError {
  std::string pointer;
  std::string detail;
};

// {"type":"/docs/problems#<code>","title":…,"status":…,"detail":…,"code":…,"errors":[…]}; the
// transport adds "request_id" when it sends. `code` is stable snake_case; `detail` tells what was
// expected, what was found and what is allowed. Bytes that are not UTF-8 become U+FFFD.
Response Problem(int status, std::string_view code, std::string_view detail,
                 std::vector<FieldError> errors = {});

// The standard reason phrase, "Not Found" for 404; "Unknown" for a status nobody registered.
std::string_view StatusText(int status);

}  // namespace gatewright::http
