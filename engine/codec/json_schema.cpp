#include "engine/codec/json_schema.h"

#include <fmt/format.h>

#include "engine/codec/json.h"
#include "engine/codec/json_schema_node.h"

namespace gatewright::codec {

JsonSchema::JsonSchema(std::shared_ptr<const Node> root) : root_(std::move(root)) {}

Result<JsonSchema> JsonSchema::Compile(const boost::json::value& schema) {
  std::vector<SchemaProblem> mistakes;
  auto program = CompileSchema(schema, mistakes);
  if (!mistakes.empty()) {
    const SchemaProblem& first = mistakes.front();
    std::string message = fmt::format(
        "JSON Schema, at {}: {}", first.pointer.empty() ? "the top" : first.pointer, first.message);
    if (mistakes.size() > 1) message += fmt::format(" (and {} more)", mistakes.size() - 1);
    return Error{ErrorCode::kInvalid, std::move(message)};
  }
  return JsonSchema(std::shared_ptr<const Node>(program, program->root));
}

Result<JsonSchema> JsonSchema::Compile(std::string_view schema_json) {
  GW_TRY(schema, ParseJson(schema_json));
  return Compile(schema);
}

std::vector<SchemaProblem> JsonSchema::FindMistakes(const boost::json::value& schema) {
  std::vector<SchemaProblem> mistakes;
  CompileSchema(schema, mistakes);
  return mistakes;
}

std::vector<SchemaProblem> JsonSchema::Validate(const boost::json::value& document) const {
  return ValidateAgainst(*root_, document);
}

std::vector<SchemaProblem> JsonSchema::ValidateUnfinished(
    const boost::json::value& document) const {
  return ValidateAgainst(*root_, document, true);
}

std::vector<SchemaProblem> JsonSchema::Validate(std::string_view document_json) const {
  auto document = ParseJson(document_json);
  if (!document) return {{"", "json", document.error().message}};
  return Validate(*document);
}

std::string JoinPointer(std::string_view pointer, std::string_view token) {
  std::string joined(pointer);
  joined += '/';
  for (const char c : token) {
    if (c == '~') {
      joined += "~0";
    } else if (c == '/') {
      joined += "~1";
    } else {
      joined += c;
    }
  }
  return joined;
}

std::string JoinPointer(std::string_view pointer, std::size_t index) {
  return fmt::format("{}/{}", pointer, index);
}

}  // namespace gatewright::codec
