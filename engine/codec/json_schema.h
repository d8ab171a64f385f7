// engine/codec/json_schema.h: validates JSON documents against a JSON Schema (2020-12 subset).
// A compiled schema is immutable and thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace boost::json {
class value;
}

namespace gatewright::codec {

struct SchemaProblem {
  std::string pointer;  // JSON pointer into the document, "" = the whole
  std::string keyword;  // "required", "enum", …
  std::string message;  // what was expected, what was found, what is allowed
};

class JsonSchema {
 public:
  // Refuses what it cannot honour: an unknown keyword, a remote $ref, a pattern RE2 cannot read.
  static Result<JsonSchema> Compile(const boost::json::value& schema);
  static Result<JsonSchema> Compile(std::string_view schema_json);
  // Without these two, a literal or a std::string would also convert to a JSON value.
  static Result<JsonSchema> Compile(const char* schema_json) {
    return Compile(std::string_view(schema_json));
  }
  static Result<JsonSchema> Compile(const std::string& schema_json) {
    return Compile(std::string_view(schema_json));
  }

  // Every mistake of a schema, with the JSON pointer to it; empty = Compile would succeed.
  static std::vector<SchemaProblem> FindMistakes(const boost::json::value& schema);

  // Every problem of the document, each cause once (no cascades); empty = valid.
  std::vector<SchemaProblem> Validate(const boost::json::value& document) const;
  std::vector<SchemaProblem> Validate(std::string_view document_json) const;
  std::vector<SchemaProblem> Validate(const char* document_json) const {
    return Validate(std::string_view(document_json));
  }
  std::vector<SchemaProblem> Validate(const std::string& document_json) const {
    return Validate(std::string_view(document_json));
  }

  // For a document that is still being written: only what has the wrong type and keys that are
  // unknown. What is missing, too short or not among the allowed values may still be put right.
  std::vector<SchemaProblem> ValidateUnfinished(const boost::json::value& document) const;

  struct Node;

 private:
  explicit JsonSchema(std::shared_ptr<const Node> root);
  std::shared_ptr<const Node> root_;  // shares the whole compiled schema
};

}  // namespace gatewright::codec
