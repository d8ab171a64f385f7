// server/http/head_parser.h: the header block of a request, strictly. Whatever two programs could
// read differently (two lengths, folded lines, odd numbers) is an error, so that nothing can be
// smuggled past a proxy. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "server/http/framing_error.h"
#include "server/http/message.h"

namespace gatewright::http {

struct FramingLimits {
  std::size_t max_header_block = 32 * 1024;
  std::size_t max_headers = 100;
  std::size_t max_target = 8 * 1024;
  std::size_t max_body = 1024 * 1024;
};

// What the header block says about the rest of the message.
struct HeadFacts {
  bool keep_alive = true;
  bool is_chunked = false;
  bool expects_continue = false;
  std::optional<std::size_t> content_length;
};

// `head` is everything before the empty line, without the last line's CRLF. Fills method, target,
// minor_version and headers of `request`.
std::optional<FramingError> ParseHead(std::string_view head, const FramingLimits& limits,
                                      Request& request, HeadFacts& facts);

}  // namespace gatewright::http
