// engine/definition/diagnostic.h: one mistake in a definition file, with its place. Plain values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gatewright::definition {

struct Diagnostic {
  std::string file;
  std::size_t line = 1;
  std::size_t column = 1;
  std::string where;    // "stage 'QA', gate, rule 'qa'"; empty = the file as a whole
  std::string message;  // what is wrong (what is allowed). Did you mean …?
  std::string code;     // one of `codes` below: stable, for programs

  bool operator==(const Diagnostic&) const = default;
};

namespace codes {

// What the JSON Schema for editors refuses, too.
inline constexpr std::string_view kWrongType = "wrong_type";
inline constexpr std::string_view kUnknownKey = "unknown_key";
inline constexpr std::string_view kMissingKey = "missing_key";
inline constexpr std::string_view kBadValue = "bad_value";
inline constexpr std::string_view kNotSupportedYet = "not_supported_yet";

// What only the loader can know.
inline constexpr std::string_view kYaml = "yaml";                 // not even readable
inline constexpr std::string_view kAmbiguous = "ambiguous";       // 010
inline constexpr std::string_view kDuplicate = "duplicate";       // a name used twice
inline constexpr std::string_view kReserved = "reserved";         // a state the engine uses itself
inline constexpr std::string_view kUnknownName = "unknown_name";  // refers to nothing in the file
inline constexpr std::string_view kUnknownPlugin = "unknown_plugin";
inline constexpr std::string_view kBadConfig = "bad_config";        // the plugin refuses its `with`
inline constexpr std::string_view kBadSchema = "bad_schema";        // not a JSON Schema we honour
inline constexpr std::string_view kBadReference = "bad_reference";  // ${…}
inline constexpr std::string_view kBadExpression = "bad_expression";  // not CEL
inline constexpr std::string_view kImpossible = "impossible";    // a gate nobody can ever satisfy
inline constexpr std::string_view kOutOfRange = "out_of_range";  // well-formed, but makes no sense
inline constexpr std::string_view kTooMany = "too_many";         // over a limit
inline constexpr std::string_view kUnreadable = "unreadable";    // the file or folder itself

}  // namespace codes

// Whether a diagnostic with this code is about the shape of the file: exactly then
// config/schema/workflow.schema.json refuses the file as well.
bool IsAboutShape(std::string_view code);

// "file:line:column: where: message".
std::string Format(const Diagnostic& diagnostic);

// By file, line and column; of equal places the order is kept.
void SortByPlace(std::vector<Diagnostic>& diagnostics);

}  // namespace gatewright::definition
