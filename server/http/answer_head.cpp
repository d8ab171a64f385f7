#include "server/http/answer_head.h"

#include <algorithm>
#include <array>

#include "server/http/problem.h"
#include "server/http/text.h"

namespace gatewright::http {
namespace {

struct DefaultHeader {
  std::string_view name;
  std::string_view line;  // ready to be appended
};

constexpr std::array<DefaultHeader, 4> kDefaults = {{
    {"cache-control", "Cache-Control: no-store\r\n"},
    {"x-content-type-options", "X-Content-Type-Options: nosniff\r\n"},
    {"referrer-policy", "Referrer-Policy: no-referrer\r\n"},
    {"content-security-policy",
     "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'\r\n"},
}};

// Written by the transport alone: a handler cannot contradict the framing.
constexpr std::array<std::string_view, 6> kOwned = {
    "date", "content-length", "content-type", "connection", "transfer-encoding", "x-request-id"};

bool IsSafeValue(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool IsSafeName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), IsTokenCharacter);
}

bool IsOwned(std::string_view name) {
  return std::any_of(kOwned.begin(), kOwned.end(),
                     [&](std::string_view owned) { return EqualsIgnoreCase(owned, name); });
}

void AppendLine(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

void AppendDefaults(std::string& out, const Response& response) {
  for (const DefaultHeader& header : kDefaults) {
    const bool is_replaced =
        std::any_of(response.headers.begin(), response.headers.end(), [&](const Header& given) {
          return EqualsIgnoreCase(given.name, header.name) && IsSafeValue(given.value);
        });
    if (!is_replaced) out += header.line;
  }
}

void AppendStatusLine(std::string& out, int status) {
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  out += "HTTP/1.1 ";
  AppendNumber(out, static_cast<std::uint64_t>(status));
  out += ' ';
  out += StatusText(status);
  out += "\r\n";
}

}  // namespace

bool MayHaveBody(int status) { return status >= 200 && status != 204 && status != 304; }

void CompleteProblem(Response& response, std::string_view request_id) {
  if (!response.wants_request_id || !response.body.ends_with('}')) return;
  response.body.pop_back();
  response.body += response.body.size() > 1 ? ",\"request_id\":\"" : "\"request_id\":\"";
  AppendJsonEscaped(response.body, request_id);
  response.body += "\"}";
}

void AppendAnswerHead(std::string& out, const AnswerContext& context, const Response& response) {
  AppendStatusLine(out, response.status);
  AppendLine(out, "Date", context.date);
  if (MayHaveBody(response.status)) {
    const bool is_safe = !response.content_type.empty() && IsSafeValue(response.content_type);
    AppendLine(out, "Content-Type",
               is_safe ? std::string_view(response.content_type) : "application/octet-stream");
    if (context.length == BodyLength::kKnown) {
      out += "Content-Length: ";
      AppendNumber(out, response.BodySize());
      out += "\r\n";
    } else if (context.length == BodyLength::kChunked) {
      out += "Transfer-Encoding: chunked\r\n";
    }
  }
  AppendLine(out, "X-Request-Id", context.request_id);
  AppendDefaults(out, response);
  for (const Header& header : response.headers) {
    if (IsSafeName(header.name) && IsSafeValue(header.value) && !IsOwned(header.name)) {
      AppendLine(out, header.name, header.value);
    }
  }
  if (context.length == BodyLength::kUpgrade) {
    out += "Connection: Upgrade\r\n";
  } else if (!context.keep_alive) {
    out += "Connection: close\r\n";
  } else if (context.minor_version == 0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

}  // namespace gatewright::http
