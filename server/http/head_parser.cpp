#include "server/http/head_parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/http/text.h"

namespace gatewright::http {
namespace {

using MaybeError = std::optional<FramingError>;

constexpr std::size_t kMaxMethod = 20;
constexpr std::size_t kMaxLengthDigits = 18;  // fits 64 bits without a check for overflow

FramingError Bad(std::string detail) { return {400, "bad_request", std::move(detail)}; }

// What the client sent, short enough to be shown to it.
std::string_view Excerpt(std::string_view text) { return text.substr(0, 60); }

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

MaybeError ParseVersion(std::string_view version, Request& request) {
  if (version == "HTTP/1.1") {
    request.minor_version = 1;
  } else if (version == "HTTP/1.0") {
    request.minor_version = 0;
  } else if (version.starts_with("HTTP/")) {
    return FramingError{
        505, "version_not_supported",
        fmt::format("Expected HTTP/1.1 or HTTP/1.0, found '{}'.", Excerpt(version))};
  } else {
    return Bad("The request line must end in HTTP/1.1 or HTTP/1.0.");
  }
  return std::nullopt;
}

MaybeError CheckTarget(std::string_view target, std::string_view method, std::size_t max_target) {
  if (target.size() > max_target) {
    return FramingError{
        414, "target_too_long",
        fmt::format("The request target has {} bytes; {} are allowed.", target.size(), max_target)};
  }
  const bool is_server_wide = target == "*" && method == "OPTIONS";
  if (!is_server_wide && !target.starts_with('/')) {
    return Bad("The request target must start with '/' ('*' is for OPTIONS only).");
  }
  for (const char c : target) {
    if (c <= ' ' || c >= '\x7F' || c == '#') {  // char is signed here: also rejects bytes >= 0x80
      return Bad("The request target holds a character that must be percent-encoded.");
    }
  }
  return std::nullopt;
}

MaybeError ParseRequestLine(std::string_view line, const FramingLimits& limits, Request& request) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return Bad("Expected a request line 'METHOD /target HTTP/1.1'.");
  }
  const std::string_view method = line.substr(0, first);
  if (method.size() > kMaxMethod || !IsToken(method)) return Bad("The method is not a token.");
  request.method = method;
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (auto error = ParseVersion(line.substr(last + 1), request)) return error;
  if (auto error = CheckTarget(target, method, limits.max_target)) return error;
  request.target = target;
  return std::nullopt;
}

MaybeError ReadContentLength(std::string_view value, HeadFacts& facts) {
  if (facts.content_length) return Bad("Content-Length was sent twice.");
  const bool is_number =
      !value.empty() && value.size() <= kMaxLengthDigits &&
      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) {
    return Bad(fmt::format("Content-Length must be decimal digits, found '{}'.", Excerpt(value)));
  }
  std::size_t length = 0;
  for (const char digit : value) length = length * 10 + static_cast<std::size_t>(digit - '0');
  facts.content_length = length;
  return std::nullopt;
}

MaybeError ReadTransferEncoding(std::string_view value, const Request& request, HeadFacts& facts) {
  if (!EqualsIgnoreCase(value, "chunked")) {
    return FramingError{501, "transfer_encoding_not_supported",
                        "Only 'Transfer-Encoding: chunked' is understood."};
  }
  if (facts.is_chunked) return Bad("Transfer-Encoding was sent twice.");
  if (request.minor_version == 0) return Bad("HTTP/1.0 has no Transfer-Encoding.");
  facts.is_chunked = true;
  return std::nullopt;
}

void ReadConnection(std::string_view value, const Request& request, HeadFacts& facts) {
  ForEachElement(value, [&](std::string_view option) {
    if (EqualsIgnoreCase(option, "close")) facts.keep_alive = false;
    if (EqualsIgnoreCase(option, "keep-alive") && request.minor_version == 0) {
      facts.keep_alive = true;
    }
  });
}

MaybeError CheckHost(std::string_view value) {
  const bool is_authority = std::all_of(value.begin(), value.end(), [](char c) {
    return (IsTokenCharacter(c) || c == ':' || c == '[' || c == ']') && c != '#' && c != '^';
  });
  if (!is_authority) return Bad("The Host header is not a host name with an optional port.");
  return std::nullopt;
}

MaybeError Interpret(std::string_view name, std::string_view value, const Request& request,
                     HeadFacts& facts) {
  switch (name.size()) {  // almost every header is none of these
    case 4:
      if (EqualsIgnoreCase(name, "host")) return CheckHost(value);
      break;
    case 6:
      if (EqualsIgnoreCase(name, "expect")) {
        if (!EqualsIgnoreCase(value, "100-continue")) {
          return FramingError{417, "expectation_failed", "Only 'Expect: 100-continue' is known."};
        }
        facts.expects_continue = request.minor_version == 1;
      }
      break;
    case 10:
      if (EqualsIgnoreCase(name, "connection")) ReadConnection(value, request, facts);
      break;
    case 14:
      if (EqualsIgnoreCase(name, "content-length")) return ReadContentLength(value, facts);
      break;
    case 17:
      if (EqualsIgnoreCase(name, "transfer-encoding")) {
        return ReadTransferEncoding(value, request, facts);
      }
      break;
    default:
      break;
  }
  return std::nullopt;
}

MaybeError ParseHeaderLine(std::string_view line, Request& request, HeadFacts& facts) {
  if (line.front() == ' ' || line.front() == '\t') return Bad("Folded header lines are refused.");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Bad("A header line without ':'.");
  const std::string_view name = line.substr(0, colon);
  if (!IsToken(name)) {
    return Bad(fmt::format("The header name '{}' is not a token.", Excerpt(name)));
  }
  const std::string_view value = TrimBlanks(line.substr(colon + 1));
  for (const char c : value) {
    if ((c >= 0 && c < ' ' && c != '\t') || c == '\x7F') {
      return Bad(fmt::format("The value of header '{}' holds a control character.", Excerpt(name)));
    }
  }
  if (auto error = Interpret(name, value, request, facts)) return error;
  request.headers.push_back({std::string(name), std::string(value)});
  return std::nullopt;
}

MaybeError CheckWhole(const Request& request, const FramingLimits& limits, const HeadFacts& facts) {
  if (facts.content_length && facts.is_chunked) {
    return Bad("Content-Length and Transfer-Encoding exclude each other.");
  }
  const std::size_t hosts = request.Count("host");
  if (hosts > 1 || (hosts == 0 && request.minor_version == 1)) {
    return Bad(fmt::format("Expected exactly one Host header, found {}.", hosts));
  }
  if (facts.content_length.value_or(0) > limits.max_body) {
    return FramingError{413, "body_too_large",
                        fmt::format("The body has {} bytes; {} are allowed.", *facts.content_length,
                                    limits.max_body)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<FramingError> ParseHead(std::string_view head, const FramingLimits& limits,
                                      Request& request, HeadFacts& facts) {
  std::size_t end = std::min(head.find("\r\n"), head.size());
  if (auto error = ParseRequestLine(head.substr(0, end), limits, request)) return error;
  facts = HeadFacts{};
  facts.keep_alive = request.minor_version == 1;
  while (end < head.size()) {
    const std::size_t begin = end + 2;
    end = std::min(head.find("\r\n", begin), head.size());
    if (request.headers.size() == limits.max_headers) {
      return FramingError{431, "too_many_headers",
                          fmt::format("More than {} headers.", limits.max_headers)};
    }
    if (auto error = ParseHeaderLine(head.substr(begin, end - begin), request, facts)) return error;
  }
  return CheckWhole(request, limits, facts);
}

}  // namespace gatewright::http
