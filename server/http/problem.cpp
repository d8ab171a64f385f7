#include "server/http/problem.h"

#include "server/http/text.h"

namespace gatewright::http {
namespace {

void AppendMember(std::string& out, std::string_view name, std::string_view value) {
  out += '"';
  out += name;
  out += "\":\"";
  AppendJsonEscaped(out, value);
  out += '"';
}

void AppendErrors(std::string& out, const std::vector<FieldError>& errors) {
  out += ",\"errors\":[";
  for (const FieldError& error : errors) {
    if (&error != &errors.front()) out += ',';
    out += '{';
    AppendMember(out, "pointer", error.pointer);
    out += ',';
    AppendMember(out, "detail", error.detail);
    out += '}';
  }
  out += ']';
}

}  // namespace

Response Problem(int status, std::string_view code, std::string_view detail,
                 std::vector<FieldError> errors) {
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.wants_request_id = true;
  std::string& body = response.body;
  body.reserve(160 + 2 * code.size() + detail.size());
  body += "{\"type\":\"/docs/problems#";
  AppendJsonEscaped(body, code);
  body += "\",";
  AppendMember(body, "title", StatusText(status));
  body += ",\"status\":";
  AppendNumber(body, static_cast<std::uint64_t>(status));
  body += ',';
  AppendMember(body, "detail", detail);
  body += ',';
  AppendMember(body, "code", code);
  if (!errors.empty()) AppendErrors(body, errors);
  body += '}';
  return response;
}

std::string_view StatusText(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

}  // namespace gatewright::http
