// server/cli/files.h: reading a small file whole, with a sentence when that does not work.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace gatewright::cli {

// Regular files only (a FIFO would block for ever), at most `limit` bytes.
Result<std::string> ReadFile(const std::string& path, std::size_t limit);

}  // namespace gatewright::cli
