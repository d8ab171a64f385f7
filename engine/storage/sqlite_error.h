// engine/storage/sqlite_error.h: turns what SOCI throws into an Error in our own words. Never
// what(): it contains the values of the statement.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <type_traits>

#include "engine/base/result.h"

namespace gatewright::storage {

// `doing` completes "Could not …".
Error ToError(const std::exception& failure, std::string_view doing, const std::string& path);
Error ToError(int sqlite_code, std::string_view doing, const std::string& path);

// SQLite's extended result code, 0 when it is another exception.
int SqliteCode(const std::exception& failure);

// The disk may have lost what it was told to keep: nothing may be written on top of that.
bool IsLostFlush(int sqlite_code);

// Calls `body`, which returns a Result and may throw.
template <class Body>
auto Guarded(std::string_view doing, const std::string& path, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception& failure) {
    return ToError(failure, doing, path);
  }
}

}  // namespace gatewright::storage
