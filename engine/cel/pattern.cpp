#include "engine/cel/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include "engine/cel/limits.h"
#include "engine/cel/utf8.h"

namespace gatewright::cel {

Result<Pattern> CompilePattern(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("expected a pattern of at most {} bytes, found {}", kMaxPatternBytes,
                             pattern.size())};
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxPatternMemory);
  auto compiled =
      std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (compiled->ok()) return Pattern(std::move(compiled));
  return Error{ErrorCode::kInvalid,
               fmt::format("expected a regular expression as RE2 knows it, found '{}': {}",
                           pattern.substr(0, StartOfCodePoint(pattern, 80)), compiled->error())};
}

bool IsMatch(std::string_view text, const re2::RE2& pattern) {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

}  // namespace gatewright::cel
