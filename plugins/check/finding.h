// plugins/check/finding.h: what one check of the conformance kit found out. Values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace gatewright::check {

enum class Verdict {
  kOk = 1,
  kFailed,
  kNotApplicable,  // the check is about something that this plugin does not have
  kNotChecked,     // it would apply, but something is missing, such as a config
  kSkipped,        // means little before an earlier check is passed
};

struct Finding {
  Verdict verdict = Verdict::kOk;
  std::string expected;      // kFailed
  std::string found;         // kFailed
  std::string note;          // why not, or what else there is to say
  bool is_measured = false;  // of a time: a busy machine may be the reason, so it is tried again
};

inline Finding Ok(std::string note = {}) { return {Verdict::kOk, {}, {}, std::move(note), false}; }
inline Finding Failed(std::string expected, std::string found) {
  return {Verdict::kFailed, std::move(expected), std::move(found), {}, false};
}
inline Finding TooSlow(std::string expected, std::string found) {
  return {Verdict::kFailed, std::move(expected), std::move(found), {}, true};
}
inline Finding NotApplicable(std::string why) {
  return {Verdict::kNotApplicable, {}, {}, std::move(why), false};
}
inline Finding NotChecked(std::string why) {
  return {Verdict::kNotChecked, {}, {}, std::move(why), false};
}

inline Finding Skipped(std::string why) {
  return {Verdict::kSkipped, {}, {}, std::move(why), false};
}

}  // namespace gatewright::check
