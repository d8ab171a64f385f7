// tests/server/openapi_check.h: holds every answer of a test to docs/openapi.yaml: the operation
// and the status are described there, and the body is as its schema says. One thread each.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/codec/json_schema.h"
#include "tests/http/raw_client.h"

namespace gatewright::testing {

class OpenApiCheck {
 public:
  OpenApiCheck();

  // What is wrong with the answer; empty when nothing is.
  std::string Check(std::string_view method, std::string_view target,
                    const http::RawAnswer& answer);

  // "GET /deployments/:id", for every operation of the document.
  std::set<std::string> Operations() const;

 private:
  const boost::json::object* FindPath(std::string_view path) const;
  std::string CheckBody(const boost::json::object& content, const http::RawAnswer& answer);
  const codec::JsonSchema& Compiled(const boost::json::value& schema);

  boost::json::value document_;
  std::map<std::string, codec::JsonSchema> compiled_;
};

}  // namespace gatewright::testing
