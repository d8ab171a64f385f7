// Reading JSON strictly: Boost.JSON's incremental parser with a handler of our own, because the
// ready-made one keeps the last of two equal keys silently and reads 1e400 as infinity.
#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "engine/codec/json.h"
#include "engine/codec/utf8.h"

namespace gatewright::codec {
namespace {

namespace json = boost::json;
using json::error_code;
using json::string_view;

// Everything the parser asks of a handler and both of ours ignore.
struct HandlerBase {
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_array_begin(error_code&) { return true; }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }
};

// Builds the value and counts the members it was given.
struct BuildHandler : HandlerBase {
  json::value_stack stack;
  std::size_t members = 0;
  std::string number;  // the text of the number being read
  bool is_too_large = false;

  BuildHandler() { stack.reset(); }

  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t size, error_code&) {
    members += size;
    stack.push_object(size);
    return true;
  }
  bool on_array_end(std::size_t size, error_code&) {
    stack.push_array(size);
    return true;
  }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_key(string_view part, std::size_t, error_code&) {
    stack.push_key(part);
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_string(string_view part, std::size_t, error_code&) {
    stack.push_string(part);
    return true;
  }
  bool on_number_part(string_view part, error_code&) {
    number.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t value, string_view, error_code&) {
    number.clear();
    stack.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, string_view, error_code&) {
    number.clear();
    stack.push_uint64(value);
    return true;
  }
  // Boost 1.81 may be off by the last bit; the digest of a document must not be.
  bool on_double(double approximate, string_view part, error_code& error) {
    number.append(part.data(), part.size());
    double exact = 0;
    const auto [end, problem] =
        std::from_chars(number.data(), number.data() + number.size(), exact);
    number.clear();
    is_too_large = problem == std::errc::result_out_of_range && std::abs(approximate) > 1;
    if (is_too_large || !std::isfinite(exact)) {
      is_too_large = true;
      error = json::error::exponent_overflow;
      return false;
    }
    stack.push_double(exact);
    return true;
  }
  bool on_bool(bool value, error_code&) {
    stack.push_bool(value);
    return true;
  }
  bool on_null(error_code&) {
    stack.push_null();
    return true;
  }
};

// Finds the first key given twice; run only when counting has shown that there is one.
struct DuplicateFinder : HandlerBase {
  std::vector<std::set<std::string>> open_objects;
  std::string key;
  std::string duplicate;

  bool on_object_begin(error_code&) {
    open_objects.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, error_code&) {
    open_objects.pop_back();
    return true;
  }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    key.append(part.data(), part.size());
    return true;
  }
  bool on_key(string_view part, std::size_t, error_code& error) {
    key.append(part.data(), part.size());
    if (!open_objects.back().insert(key).second) {
      duplicate = key;
      error = json::error::syntax;
      return false;
    }
    key.clear();
    return true;
  }
  bool on_string_part(string_view, std::size_t, error_code&) { return true; }
  bool on_string(string_view, std::size_t, error_code&) { return true; }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, string_view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, string_view, error_code&) { return true; }
  bool on_double(double, string_view, error_code&) { return true; }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
};

std::size_t CountMembers(const json::value& value) {
  std::size_t count = 0;
  if (const auto* object = value.if_object()) {
    count += object->size();
    for (const auto& member : *object) count += CountMembers(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) count += CountMembers(element);
  }
  return count;
}

json::parse_options Options() {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  return options;
}

std::string Describe(const error_code& error) {
  if (error == json::error::too_deep) {
    return fmt::format("nested deeper than the allowed {} levels", kMaxJsonDepth);
  }
  if (error == json::error::extra_data) return "unexpected text after the end of the value";
  if (error == json::error::incomplete) return "the text ends before the value is complete";
  if (error == json::error::illegal_leading_surrogate ||
      error == json::error::illegal_trailing_surrogate ||
      error == json::error::expected_utf16_escape) {
    return "a \\u escape is half of a surrogate pair; both halves are needed";
  }
  return error.message();
}

Error Invalid(std::size_t offset, std::string_view problem) {
  return Error{ErrorCode::kInvalid, fmt::format("invalid JSON at byte {}: {}", offset, problem)};
}

}  // namespace

Result<json::value> ParseJson(std::string_view text) {
  if (text.empty()) return Invalid(0, "expected a value, found nothing");
  if (const auto bad = FindInvalidUtf8(text); bad != text.size()) {
    return Invalid(bad, "the bytes are not UTF-8");
  }
  json::basic_parser<BuildHandler> parser(Options());
  error_code error;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), error);
  if (parser.handler().is_too_large) {
    return Invalid(consumed, "the number is too large for a 64-bit floating point number");
  }
  if (!error && consumed < text.size()) error = json::error::extra_data;
  if (error) return Invalid(consumed, Describe(error));

  const std::size_t members = parser.handler().members;
  json::value value = parser.handler().stack.release();
  if (CountMembers(value) == members) return value;

  json::basic_parser<DuplicateFinder> finder(Options());
  error = {};
  const std::size_t at = finder.write_some(false, text.data(), text.size(), error);
  return Invalid(
      at, fmt::format("the key '{}' is given twice in one object", finder.handler().duplicate));
}

}  // namespace gatewright::codec
