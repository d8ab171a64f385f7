// engine/storage/url.h: where the database is, as an operator writes it.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace gatewright::storage {

// `sqlite:///var/lib/gatewright/gatewright.db` (absolute) or `sqlite://data/gatewright.db`
// (relative to the working folder). The path is taken letter for letter: nothing is decoded.
// Returns the path.
Result<std::string> ParseStoreUrl(std::string_view url);

}  // namespace gatewright::storage
