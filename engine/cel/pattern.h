// engine/cel/pattern.h: regular expressions, by RE2: its time grows with the text, never beyond.
// The only place of the language that knows RE2. Any thread.
#pragma once

#include <memory>
#include <string_view>

#include "engine/base/result.h"

namespace re2 {
class RE2;
}

namespace gatewright::cel {

using Pattern = std::shared_ptr<const re2::RE2>;

// Refuses what is no pattern, longer than kMaxPatternBytes, or too large once compiled.
Result<Pattern> CompilePattern(std::string_view pattern);
// Anywhere in the text.
bool IsMatch(std::string_view text, const re2::RE2& pattern);

}  // namespace gatewright::cel
