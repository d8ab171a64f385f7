// engine/codec/entry_hash.h: the rule that chains the log. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/ids.h"
#include "engine/base/time.h"

namespace gatewright::codec {

// SHA-256, in hex, over the hash of the run's previous entry ("" for its first) and this one:
//   previous_hash \n run \n sequence \n at in microseconds \n actor \n events_json
// `actor` must not contain a line break. The rule never changes: evidence depends on it.
std::string EntryHash(std::string_view previous_hash, RunId run, Sequence sequence, Time at,
                      std::string_view actor, std::string_view events_json);

}  // namespace gatewright::codec
