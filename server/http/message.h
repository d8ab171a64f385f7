// server/http/message.h: one request as it came in and one response as it goes out, as plain
// values. A Request is lent to a handler until the handler returns; copy what must live longer.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatewright::http {

struct Header {
  std::string name;
  std::string value;
};

// A path parameter or a query parameter, percent-decoded.
struct Parameter {
  std::string name;
  std::string value;
};

struct Request {
  std::string method;             // "GET" also for HEAD, so that a route serves both
  bool is_head = false;           // the client wants the header block of the answer only
  std::string target;             // as sent: "/deployments?state=open"
  std::string path;               // the target before '?', not decoded
  std::vector<Parameter> params;  // of the route's pattern, filled when a route was found
  std::vector<Parameter> query;   // in the order sent; '+' means a space
  std::vector<Header> headers;    // in the order sent; values without surrounding blanks
  std::string body;
  std::string peer;  // the address of the other end of the connection, without port
  std::string request_id;
  int minor_version = 1;  // HTTP/1.x

  // Left by the `before` hook for the handler, for example who is calling.
  std::shared_ptr<const void> context;

  // The value of the first header of that name (any case); empty when there is none.
  std::string_view Get(std::string_view header_name) const;
  std::size_t Count(std::string_view header_name) const;

  // The decoded path parameter ("id" of "/deployments/:id"); empty when the route has none.
  std::string_view Param(std::string_view name) const;

  // The first query parameter of that name; nothing when it was not sent.
  std::optional<std::string_view> Query(std::string_view name) const;
};

// The transport adds Date, Content-Length, X-Request-Id and the security headers; a header set
// here replaces the transport's default of the same name. A header whose name or value could
// break the framing (CR, LF, NUL) is left out.
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  // Sent instead of `body` when set, without a copy: static files, cached documents.
  std::shared_ptr<const std::string> shared_body;
  std::vector<Header> headers;
  // The body is a JSON object to which the transport adds "request_id" (see problem.h).
  bool wants_request_id = false;

  std::size_t BodySize() const { return shared_body ? shared_body->size() : body.size(); }
};

}  // namespace gatewright::http
