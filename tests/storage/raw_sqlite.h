// tests/storage/raw_sqlite.h: a second, careless program on the same file.
#pragma once

#include <string>

namespace gatewright::storage {

// Runs SQL on its own connection; returns SQLite's message, empty when it worked.
std::string RawSql(const std::string& path, const std::string& sql);
// The first column of the first row.
std::string RawValue(const std::string& path, const std::string& sql);
// The same as RawSql, without the triggers that keep the log append-only.
std::string Tamper(const std::string& path, const std::string& sql);

}  // namespace gatewright::storage
