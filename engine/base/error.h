// engine/base/error.h: what went wrong in the world outside the core, as a value.
#pragma once

#include <string>

namespace gatewright {

enum class ErrorCode {
  kInvalid = 1,  // the input is wrong; trying again cannot help
  kNotFound,     // the thing named does not exist
  kConflict,     // somebody else changed it first
  kUnavailable,  // may be retried: busy, full, down
  kTimeout,      // no answer before the deadline
  kCancelled,    // given up because the caller no longer wants an answer
  kCorrupt,      // stored data contradicts itself; stop and look
  kInternal,     // a defect of ours or of a plugin
};

// `message` says what was expected, what was found, where, and what to do.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

inline bool IsRetryable(const Error& error) { return error.code == ErrorCode::kUnavailable; }

}  // namespace gatewright
